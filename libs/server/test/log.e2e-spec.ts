import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { killAll, type LogLine, startProcess } from './sample-process.js';
import { raw } from './sample-server.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

let lines: LogLine[];
let traced: Response;

const named = (id: string, headers: Record<string, string> = {}) => ({
  headers: { 'x-request-id': id, ...headers },
});

beforeAll(async () => {
  const { child, port, url, lines: written } = await startProcess();
  const leave = async (id: string, request: string, headers = '') => {
    const socket = connect(port, '127.0.0.1');
    socket.write(`${request} HTTP/1.1\r\nHost: a\r\nX-Request-Id: ${id}\r\n${headers}\r\n`);
    await sleep(200);
    socket.destroy();
  };
  await fetch(`${url}/sample/1?token=hunter2`, named('bad-parameter', { authorization: 'Bearer hunter2' }));
  await fetch(`${url}/closed`, named('known-user', { 'x-user': 'ada' }));
  await fetch(`${url}/closed`, named('no-user'));
  await fetch(`${url}/none`, named('no-route'));
  await fetch(`${url}/sample/%zz`, named('bad-path'));
  traced = await fetch(`${url}/none`, named('traced', { traceparent: `00-${TRACE}-00f067aa0ba902b7-01` }));
  await fetch(`${url}/fails`, named('failure'));
  await fetch(`${url}/logs-secrets`, named('secrets'));
  await fetch(`${url}/health/ready`, named('health'));
  await raw(port, 'garbage hunter2\r\n\r\n');
  await leave('left-waiting', 'GET /hangs');
  await leave('left-sending', 'POST /sample', 'Content-Type: application/json\r\nContent-Length: 90\r\n');
  await leave('left-early', 'GET /slow');
  await sleep(1_600);
  child.kill('SIGTERM');
  await once(child, 'exit');
  lines = await written();
}, 30_000);

afterAll(killAll);

describe('the log', () => {
  it.each([
    ['bad-parameter', { method: 'GET', route: '/sample/:id', status: 400 }],
    ['known-user', { route: '/closed', status: 200, userId: 'ada' }],
    ['no-user', { route: '/closed', status: 401 }],
    ['no-route', { route: 'none', status: 404 }],
    ['bad-path', { route: 'none', status: 400 }],
    ['failure', { route: '/fails', status: 500 }],
    ['left-waiting', { route: '/hangs', status: 499 }],
    ['left-sending', { method: 'POST', route: '/sample', status: 400 }],
    ['left-early', { route: '/slow', status: 499 }],
  ])('has one line for a request: %s', (id, members) => {
    const ofRequest = lines.filter((line) => line.requestId === id && 'status' in line);
    expect(ofRequest).toEqual([
      expect.objectContaining({ level: 30, name: 'sample', durationMs: expect.any(Number), ...members }),
    ]);
  });

  it('has the stack of what nobody expected, once, without what the error carried', () => {
    const [line, ...more] = lines.filter(({ level }) => level === 50);
    expect(line).toMatchObject({
      requestId: 'failure',
      err: { message: 'it broke', stack: expect.any(String) },
    });
    expect(more).toEqual([]);
  });

  it('does not take a client that leaves for a database that is away', () => {
    expect(lines.filter(({ level }) => level === 40)).toEqual([]);
  });

  it('says nothing of health checks', () => {
    expect(lines.filter(({ requestId }) => requestId === 'health')).toEqual([]);
  });

  it('has the trace that a request is part of, as the problem has', async () => {
    expect(lines.filter(({ traceId }) => traceId)).toEqual([
      expect.objectContaining({ requestId: 'traced', traceId: TRACE, status: 404 }),
    ]);
    expect(await traced.json()).toMatchObject({ status: 404, traceId: TRACE });
  });

  it('tells of what never became a request', () => {
    expect(lines.filter(({ msg }) => msg?.startsWith('refused'))).toEqual([
      expect.objectContaining({ status: 400, requestId: expect.any(String) }),
    ]);
  });

  it('holds no secret', () => {
    expect(lines.find(({ context }) => context === 'Sample')).toMatchObject({ authorization: '[Redacted]' });
    expect(JSON.stringify(lines)).not.toContain('hunter2');
  });
});
