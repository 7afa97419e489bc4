import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createServer, type ServerOptions } from '../src/index.js';
import { SampleModule } from './sample-app.js';

const apps: NestFastifyApplication[] = [];

async function startSample(options: Partial<ServerOptions> = {}) {
  const app = await createServer(SampleModule, {
    name: 'sample',
    logLevel: 'silent',
    production: true,
    readiness: { part: async () => {} },
    ...options,
  });
  await app.listen(0, '127.0.0.1');
  apps.push(app);
  const { port } = app.getHttpServer().address() as AddressInfo;
  return { port, url: `http://127.0.0.1:${port}` };
}

let port: number;
let url: string;

beforeAll(async () => {
  ({ port, url } = await startSample({ corsOrigins: ['http://web.test'] }));
});

afterAll(() => Promise.all(apps.map((app) => app.close())));

/** Sends bytes as they are, and answers all that comes back. */
async function raw(bytes: string | Buffer): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(bytes);
  return text(socket);
}

const json = { 'content-type': 'application/json' };
const send = (path: string, init: RequestInit = {}) => fetch(url + path, init);
const post = (body: string | Buffer, headers: Record<string, string> = json) =>
  send('/sample', { method: 'POST', body, headers });

async function problem(answer: Response) {
  expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  expect(answer.headers.get('x-request-id')).toMatch(/./);
  const body = (await answer.json()) as {
    detail: string;
    instance: string;
    errors: Record<string, string>[];
  };
  expect(body).toMatchObject({ type: 'about:blank', title: expect.any(String), status: answer.status });
  expect(body.detail).toMatch(/./);
  return body;
}

describe('problem details', () => {
  it.each([
    ['an unknown path', '/none?x=1', {}, 404, '/none'],
    ['an unknown method', '/sample', { method: 'PUT', headers: json, body: '{}' }, 404, '/sample'],
    ['a bad escape in the path', '/sample/%zz', {}, 400, '/sample/%zz'],
    ['a long path parameter', `/sample/${'a'.repeat(5_000)}`, {}, 400, `/sample/${'a'.repeat(5_000)}`],
    ['a bad path parameter', '/sample/1', {}, 400, '/sample/1'],
    ['malformed JSON', '/sample', { method: 'POST', headers: json, body: '{"name"' }, 400, '/sample'],
    ['an empty body', '/sample', { method: 'POST', headers: json, body: '' }, 400, '/sample'],
    ['no body', '/sample', { method: 'POST' }, 400, '/sample'],
    [
      'bad UTF-8',
      '/sample',
      { method: 'POST', headers: json, body: Buffer.from('7b22c328227d', 'hex') },
      400,
      '/sample',
    ],
    [
      'a polluted prototype',
      '/sample',
      { method: 'POST', headers: json, body: '{"__proto__":{}}' },
      400,
      '/sample',
    ],
    ['text', '/sample', { method: 'POST', body: 'name' }, 415, '/sample'],
    ['a form', '/sample', { method: 'POST', body: new URLSearchParams({ name: 'a' }) }, 415, '/sample'],
    ['a multipart form', '/sample', { method: 'POST', body: new FormData() }, 415, '/sample'],
    [
      'a body of 100,001 bytes',
      '/sample',
      { method: 'POST', headers: json, body: 'a'.repeat(100_001) },
      413,
      '/sample',
    ],
    ['an error with headers', '/forbidden', {}, 403, '/forbidden'],
    ['the database away', '/database-away', {}, 503, '/database-away'],
    ['an unexpected error', '/fails', {}, 500, '/fails'],
  ] as [string, string, RequestInit, number, string][])(
    'answer %s',
    async (_, path, init, status, instance) => {
      const answer = await send(path, init);
      expect(answer.status).toBe(status);
      const body = await problem(answer);
      expect(body.instance).toBe(instance);
      expect(JSON.stringify(body)).not.toMatch(/hunter2|ECONN|at .*\.ts/);
    },
  );

  it('bear the headers of the error', async () => {
    expect((await send('/forbidden')).headers.get('x-why')).toBe('role');
    expect((await send('/database-away')).headers.get('retry-after')).toMatch(/^\d+$/);
  });

  it('point to every mistake in a body', async () => {
    const { errors } = await problem(await post('{"inner":{"a/b":"x","c~":1},"extra":1}'));
    expect(errors.map(({ pointer }) => pointer).toSorted()).toEqual([
      '/extra',
      '/inner/a~1b',
      '/inner/c~0',
      '/name',
    ]);
  });

  it('name the parameter that is wrong', async () => {
    const { errors } = await problem(await send('/sample?q=a&q=b&other=1'));
    expect(errors.map(({ parameter }) => parameter).toSorted()).toEqual(['other', 'q']);
  });

  it.each([
    ['no HTTP at all', 'hello\r\n\r\n', 400],
    ['a header without a name', 'GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n', 400],
    [
      'two lengths',
      'POST /sample HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na',
      400,
    ],
    ['no Host', 'GET /sample HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    ['headers over 16 kB', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
  ])('answer %s, before there is a request', async (_, bytes, status) => {
    const [head, body] = (await raw(bytes)).split('\r\n\r\n');
    expect(head).toContain(`HTTP/1.1 ${status} `);
    expect(head).toContain('application/problem+json');
    expect(JSON.parse(body!)).toMatchObject({ status });
  });
});

it('takes an empty body of type JSON on GET and DELETE', async () => {
  const bytes = (method: string) =>
    `${method} /sample HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`;
  expect(await raw(bytes('GET'))).toContain('HTTP/1.1 200 ');
  expect(await raw(bytes('DELETE'))).toContain('HTTP/1.1 204 ');
});

describe('the request id', () => {
  it.each(['a', 'A-b_c.9', 'x'.repeat(128)])('is the one of the request: %s', async (id) => {
    for (const path of ['/sample', '/none', '/sample/%zz']) {
      const answer = await send(path, { headers: { 'x-request-id': id } });
      expect(answer.headers.get('x-request-id')).toBe(id);
    }
  });

  it.each(['', 'a b', 'a/b', 'x'.repeat(129), 'ü'])('is a new one for %j', async (id) => {
    const answer = await send('/sample', { headers: { 'x-request-id': id } });
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });
});

it('sends security headers with every answer', async () => {
  for (const path of ['/sample', '/none', '/fails', '/health/live']) {
    const { headers } = await send(path);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('x-powered-by')).toBeNull();
  }
});

describe('CORS', () => {
  it('answers a listed origin, errors too', async () => {
    for (const path of ['/sample', '/none', '/fails', '/database-away']) {
      const { headers } = await send(path, { headers: { origin: 'http://web.test' } });
      expect(headers.get('access-control-allow-origin')).toBe('http://web.test');
      expect(headers.get('access-control-expose-headers')).toBe('ETag, Location, Retry-After, X-Request-Id');
      expect(headers.get('access-control-allow-credentials')).toBeNull();
      expect(headers.get('vary')).toContain('Origin');
    }
  });

  it.each(['http://web.test.evil', 'http://web.test:81', 'https://web.test', 'null'])(
    'ignores %s',
    async (origin) => {
      const { headers } = await send('/sample', { headers: { origin } });
      expect(headers.get('access-control-allow-origin')).toBeNull();
    },
  );

  it('answers a preflight', async () => {
    const answer = await send('/sample', {
      method: 'OPTIONS',
      headers: {
        origin: 'http://web.test',
        'access-control-request-method': 'PATCH',
        'access-control-request-headers': 'authorization,if-match',
      },
    });
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-methods')).toContain('PATCH');
    expect(answer.headers.get('access-control-allow-headers')).toBe(
      'Authorization, Content-Type, If-Match, Idempotency-Key, X-Request-Id, traceparent, tracestate',
    );
  });
});

describe('health', () => {
  it('is live and ready', async () => {
    expect((await send('/health/live')).status).toBe(200);
    const answer = await send('/health/ready');
    expect(await answer.json()).toEqual({ status: 'ok', details: { part: { status: 'up' } } });
  });

  it('names the part that is down, also one that hangs', async () => {
    const other = await startSample({
      readiness: {
        up: async () => {},
        down: () => Promise.reject(new Error('password=hunter2')),
        hanging: () => new Promise(() => {}),
      },
    });
    const answer = await fetch(`${other.url}/health/ready`);
    expect(answer.status).toBe(503);
    expect((await problem(answer)).detail).toBe('Down: down, hanging.');
    expect((await fetch(`${other.url}/health/live`)).status).toBe(200);
  });
});

describe('metrics', () => {
  it('count requests by route and status', async () => {
    await send('/sample/1');
    const metrics = await (await send('/metrics')).text();
    expect(metrics).toMatch(
      /http_request_duration_seconds_count\{method="GET",route="\/sample\/:id",status="400"\} \d+/,
    );
    expect(metrics).toContain('process_cpu_seconds_total');
  });

  it('stand on their own port where there is one', async () => {
    const { port: metricsPort } = await startSample();
    await apps.pop()!.close();
    const other = await startSample({ metricsPort });
    expect((await fetch(`${other.url}/metrics`)).status).toBe(404);
    expect((await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).status).toBe(200);
  });
});

describe('rate limits', () => {
  const statuses = async (
    base: string,
    path: string,
    times: number,
    headers: Record<string, string> = {},
  ) => {
    const all = [];
    for (let index = 0; index < times; index++) {
      all.push((await fetch(base + path, { headers })).status);
    }
    return all;
  };

  it('count what is refused for its address, and refuse it before authentication', async () => {
    const limited = await startSample({ rateLimitPerMinute: 3 });
    expect(await statuses(limited.url, '/closed', 5)).toEqual([401, 401, 401, 429, 429]);
    const answer = await fetch(`${limited.url}/none`);
    expect(answer.status).toBe(429);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    await problem(answer);
    expect(await statuses(limited.url, '/health/live', 2)).toEqual([200, 200]);
    expect(await statuses(limited.url, '/metrics', 2)).toEqual([200, 200]);
  });

  it('take no notice of an X-Forwarded-For that no trusted proxy wrote', async () => {
    const limited = await startSample({ rateLimitPerMinute: 1 });
    expect(await statuses(limited.url, '/none', 1, { 'x-forwarded-for': '10.0.0.1' })).toEqual([404]);
    expect(await statuses(limited.url, '/none', 1, { 'x-forwarded-for': '10.0.0.2' })).toEqual([429]);
  });

  it('count by the address that a trusted proxy names', async () => {
    const limited = await startSample({ rateLimitPerMinute: 1, trustProxy: ['127.0.0.1'] });
    for (const address of ['10.0.0.1', '10.0.0.2']) {
      const headers = { 'x-forwarded-for': `6.6.6.6, ${address}` };
      expect(await statuses(limited.url, '/none', 2, headers)).toEqual([404, 429]);
    }
  });
});

it('cuts off slow headers and slow bodies without a word to others', async () => {
  const slow = connect(port, '127.0.0.1');
  slow.write('GET /sample HTTP/1.1\r\nHost: a\r\n');
  const drip = setInterval(() => slow.write('X: a\r\n'), 500);
  const body = connect(port, '127.0.0.1');
  body.write(
    'POST /sample HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 90\r\n\r\n',
  );
  const dripBody = setInterval(() => body.write('a'), 500);
  const answers = Promise.all([text(slow), text(body)]);
  await sleep(1_000);
  expect((await send('/sample')).status).toBe(200);
  const [headers, bodies] = await answers;
  clearInterval(drip);
  clearInterval(dripBody);
  expect(headers).toContain('HTTP/1.1 408 ');
  expect(bodies).toMatch(/^(HTTP\/1\.1 408 .*|)/);
}, 25_000);
