import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { Body, Controller, Module, Post, Req } from '@nestjs/common';
import { z } from 'zod';
import { createServer, RouteOptions, type Server } from '../src/index.js';
import { expectProblem } from './sample-server.js';

const anyObject = z.looseObject({});
const MAX_BODY_BYTES = 300_000;

@Controller()
class RouteOptionsController {
  @Post('default')
  byDefault(@Body({ schema: anyObject }) body: object) {
    return body;
  }

  @Post('large')
  @RouteOptions({ maxBodyBytes: MAX_BODY_BYTES })
  large(@Body({ schema: anyObject }) body: object) {
    return { properties: Object.keys(body).length };
  }

  @Post('raw')
  @RouteOptions({ maxBodyBytes: MAX_BODY_BYTES })
  @RouteOptions({ rawBodyTypes: ['application/json'] })
  raw(@Req() { body }: { body: Buffer }) {
    return { hex: body.toString('hex') };
  }

  @Post('csv')
  @RouteOptions({ rawBodyTypes: ['text/csv', 'application/octet-stream'] })
  csv(@Req() { body }: { body: Buffer }) {
    return { hex: body.toString('hex') };
  }

  @Post('slow')
  @RouteOptions({ timeoutMs: 20_000 })
  slow(@Body({ schema: anyObject }) body: object) {
    return body;
  }

  @Post('hasty')
  @RouteOptions({ timeoutMs: 1_000 })
  hasty(@Body({ schema: anyObject }) body: object) {
    return body;
  }
}

@Module({ controllers: [RouteOptionsController] })
class RouteOptionsModule {}

let server: Server;
let port: number;

beforeAll(async () => {
  server = await createServer(RouteOptionsModule, {
    name: 'sample',
    logLevel: 'silent',
    production: true,
    readiness: {},
  });
  await server.app.listen(0, '127.0.0.1');
  ({ port } = server.app.getHttpServer().address() as AddressInfo);
});

afterAll(() => server.app.close());

function post(path: string, body: string | Buffer, contentType = 'application/json', headers = {}) {
  return fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    body,
    headers: { 'content-type': contentType, ...headers },
  });
}

const jsonOfBytes = (bytes: number) => `{"a":"${'a'.repeat(bytes - 8)}"}`;

describe('maxBodyBytes', () => {
  it('raises the limit of one route', async () => {
    expect((await post('/large', jsonOfBytes(MAX_BODY_BYTES))).status).toBe(201);
    const tooLarge = await post('/large', jsonOfBytes(MAX_BODY_BYTES + 1));
    expect(tooLarge.status).toBe(413);
    expect((await expectProblem(tooLarge)).detail).toBe('The body is larger than 300 kB.');
  });

  it('leaves the limit of other routes at 100 kB', async () => {
    expect((await post('/default', jsonOfBytes(100_000))).status).toBe(201);
    const tooLarge = await post('/default', jsonOfBytes(100_001));
    expect(tooLarge.status).toBe(413);
    expect((await expectProblem(tooLarge)).detail).toBe('The body is larger than 100 kB.');
  });

  it('also holds for raw bodies', async () => {
    expect((await post('/raw', Buffer.alloc(MAX_BODY_BYTES))).status).toBe(201);
    expect((await post('/raw', Buffer.alloc(MAX_BODY_BYTES + 1))).status).toBe(413);
    expect((await post('/csv', Buffer.alloc(100_001), 'text/csv')).status).toBe(413);
  });
});

describe('rawBodyTypes', () => {
  it.each([
    ['with white space and duplicate members', ' {"a" : 1,\r\n"a":1.0} \n'],
    ['that is not JSON', 'a=1&b=2'],
    ['that is not UTF-8', Buffer.from('ff00fe80', 'hex')],
    ['that is empty', ''],
  ])('pass a body on exactly as it was sent: one %s', async (_, body) => {
    const response = await post('/raw', body);
    expect([response.status, await response.json()]).toEqual([
      201,
      { hex: Buffer.from(body).toString('hex') },
    ]);
  });

  it('decide which content types a route accepts', async () => {
    expect((await post('/csv', 'a,b', 'text/csv; charset=utf-8')).status).toBe(201);
    expect((await post('/csv', 'a,b', 'application/octet-stream')).status).toBe(201);
    for (const type of ['application/json', 'text/plain']) {
      const response = await post('/csv', '{}', type);
      expect(response.status).toBe(415);
      expect((await expectProblem(response)).detail).toContain('text/csv or application/octet-stream');
    }
    expect((await post('/raw', '{}', 'text/csv')).status).toBe(415);
  });

  it('leave other routes with JSON only', async () => {
    expect((await post('/default', '{}', 'text/csv')).status).toBe(415);
    expect(await (await post('/default', '{"a":1}')).json()).toEqual({ a: 1 });
  });

  it.each([
    ['/raw', 'application/json'],
    ['/csv', 'text/csv'],
  ])('do not accept compressed bodies: %s', async (path, type) => {
    expect((await post(path, 'x', type, { 'content-encoding': 'gzip' })).status).toBe(415);
  });
});

describe('timeoutMs', () => {
  /** Sends the first half of a body, and the second half after a delay. Returns the response and its time. */
  async function sendSlowly(path: string, delayMs: number): Promise<{ response: string; elapsedMs: number }> {
    const startedAt = performance.now();
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(
      `POST ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n{"a"`,
    );
    const timer = setTimeout(() => socket.write(':1}'), delayMs);
    const response = await text(socket);
    clearTimeout(timer);
    return { response, elapsedMs: performance.now() - startedAt };
  }

  it('limits how long the body of a route takes to arrive, and leaves the other routes at 10 s', async () => {
    const [slow, other, hasty, inTime] = await Promise.all([
      sendSlowly('/slow', 12_500),
      sendSlowly('/default', 30_000),
      sendSlowly('/hasty', 30_000),
      sendSlowly('/hasty', 300),
    ]);
    expect(slow.response).toContain('HTTP/1.1 201 ');
    expect(other.response).toMatch(/^HTTP\/1.1 408 .*application\/problem\+json.*"instance":"\/default"/s);
    expect(other.elapsedMs).toBeGreaterThan(9_900);
    expect(hasty.response).toContain('HTTP/1.1 408 ');
    expect(hasty.elapsedMs).toBeLessThan(9_000);
    expect(inTime.response).toContain('HTTP/1.1 201 ');
  });
});
