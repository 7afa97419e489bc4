import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { killAll, type LogLine, startProcess } from './sample-process.js';
import { sendRaw } from './sample-server.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

let lines: LogLine[];
let traced: Response;

const withId = (id: string, headers: Record<string, string> = {}) => ({
  headers: { 'x-request-id': id, ...headers },
});

beforeAll(async () => {
  const { child, exited, port, url, lines: readLines } = await startProcess();
  const disconnect = async (id: string, request: string, headers = '') => {
    const socket = connect(port, '127.0.0.1');
    socket.write(`${request} HTTP/1.1\r\nHost: a\r\nX-Request-Id: ${id}\r\n${headers}\r\n`);
    await sleep(200);
    socket.destroy();
  };
  await fetch(`${url}/sample/1?token=hunter2`, withId('bad-parameter', { authorization: 'Bearer hunter2' }));
  await fetch(`${url}/closed`, withId('known-user', { 'x-user': 'ada' }));
  await fetch(`${url}/closed`, withId('no-user'));
  await fetch(`${url}/none`, withId('no-route'));
  await fetch(`${url}/sample/%zz`, withId('bad-path'));
  traced = await fetch(`${url}/none`, withId('traced', { traceparent: `00-${TRACE}-00f067aa0ba902b7-01` }));
  await fetch(`${url}/fails`, withId('failure'));
  await fetch(`${url}/logs-secrets`, withId('secrets'));
  await fetch(`${url}/health/ready`, withId('health'));
  await sendRaw(port, 'garbage hunter2\r\n\r\n');
  await disconnect('client-left-waiting', 'GET /hangs');
  await disconnect(
    'client-left-sending',
    'POST /sample',
    'Content-Type: application/json\r\nContent-Length: 90\r\n',
  );
  await disconnect('client-left-early', 'GET /slow');
  await sleep(1_600);
  child.kill('SIGTERM');
  await exited;
  lines = await readLines();
});

afterAll(killAll);

describe('the log', () => {
  it.each([
    ['bad-parameter', { method: 'GET', route: '/sample/:id', status: 400 }],
    ['known-user', { route: '/closed', status: 200, userId: 'ada' }],
    ['no-user', { route: '/closed', status: 401 }],
    ['no-route', { route: 'none', status: 404 }],
    ['bad-path', { route: 'none', status: 400 }],
    ['failure', { route: '/fails', status: 500 }],
    ['client-left-waiting', { route: '/hangs', status: 499 }],
    ['client-left-sending', { method: 'POST', route: '/sample', status: 400 }],
    ['client-left-early', { route: '/slow', status: 499 }],
  ])('has one line per request: %s', (id, members) => {
    const ofRequest = lines.filter((line) => line.requestId === id && 'status' in line);
    expect(ofRequest).toEqual([
      expect.objectContaining({ level: 30, name: 'sample', durationMs: expect.any(Number), ...members }),
    ]);
  });

  it('has the stack of an unexpected error, once, without its other fields', () => {
    const [line, ...more] = lines.filter(({ level }) => level === 50);
    expect(line).toMatchObject({
      requestId: 'failure',
      err: { message: 'it broke', stack: expect.any(String) },
    });
    expect(more).toEqual([]);
  });

  it('does not report a client that disconnects as an unavailable database', () => {
    expect(lines.filter(({ level }) => level === 40)).toEqual([]);
  });

  it('has no lines for health checks', () => {
    expect(lines.filter(({ requestId }) => requestId === 'health')).toEqual([]);
  });

  it('has the same trace id as the problem details', async () => {
    expect(lines.filter(({ traceId }) => traceId)).toEqual([
      expect.objectContaining({ requestId: 'traced', traceId: TRACE, status: 404 }),
    ]);
    expect(await traced.json()).toMatchObject({ status: 404, traceId: TRACE });
  });

  it('has a line for a request that Node rejects', () => {
    expect(lines.filter(({ msg }) => msg?.startsWith('Request rejected'))).toEqual([
      expect.objectContaining({ status: 400, requestId: expect.any(String) }),
    ]);
  });

  it('contains no secrets', () => {
    expect(lines.find(({ context }) => context === 'Sample')).toMatchObject({ authorization: '[Redacted]' });
    expect(JSON.stringify(lines)).not.toContain('hunter2');
  });
});
