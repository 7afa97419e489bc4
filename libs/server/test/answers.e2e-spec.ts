import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import getPort from 'get-port';
import type { FastifyInstance } from 'fastify';
import { problemIn, raw, startSample, stopSamples } from './sample-server.js';

let port: number;
let url: string;

const policy = "default-src 'self'; style-src 'self' 'unsafe-inline'";

beforeAll(async () => {
  ({ port, url } = await startSample({
    corsOrigins: ['http://web.test', 'http://other.test'],
    rateLimitPerMinute: 100_000,
    contentSecurityPolicies: { '/sample': policy },
  }));
});

afterAll(stopSamples);

const send = (path: string, init: RequestInit = {}) => fetch(url + path, init);
const everywhere = ['/sample', '/none', '/sample/%zz', '/fails', '/database-away', '/closed', '/health/live'];

describe('the request id', () => {
  it.each(['a', 'A-b_c.9', 'x'.repeat(128)])('is the one that was sent: %.20s', async (id) => {
    for (const path of everywhere) {
      const answer = await send(path, { headers: { 'x-request-id': id } });
      expect(answer.headers.get('x-request-id')).toBe(id);
    }
  });

  it.each(['', 'a b', 'a/b', 'x'.repeat(129), 'ü'])('is a new one for %j', async (id) => {
    const answer = await send('/sample', { headers: { 'x-request-id': id } });
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('is a new one where two were sent', async () => {
    const two =
      'GET /sample HTTP/1.1\r\nHost: a\r\nX-Request-Id: a\r\nX-Request-Id: b\r\nConnection: close\r\n\r\n';
    expect(await raw(port, two)).toMatch(/x-request-id: [0-9a-f-]{36}\r\n/);
  });
});

describe('security headers', () => {
  it('stand in every answer', async () => {
    for (const path of everywhere) {
      const { headers } = await send(path);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('strict-transport-security')).toMatch(/max-age=31536000/);
      expect(headers.get('x-powered-by')).toBeNull();
    }
  });

  it('forbid everything but to pages that have a policy of their own', async () => {
    const policyOf = async (path: string) => (await send(path)).headers.get('content-security-policy');
    expect(await policyOf('/health/live')).toBe("default-src 'none';frame-ancestors 'none'");
    expect(await policyOf('/samples')).toBe("default-src 'none';frame-ancestors 'none'");
    expect(await policyOf('/sample')).toBe(policy);
    expect(await policyOf('/sample/1')).toBe(policy);
  });
});

describe('CORS', () => {
  const preflight = (origin: string) =>
    send('/closed', {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'PATCH',
        'access-control-request-headers': 'authorization,if-match',
      },
    });

  it('answers a listed origin, with errors too', async () => {
    for (const path of everywhere) {
      for (const origin of ['http://web.test', 'http://other.test']) {
        const { headers } = await send(path, { headers: { origin } });
        expect(headers.get('access-control-allow-origin')).toBe(origin);
        expect(headers.get('access-control-expose-headers')).toBe(
          'ETag, Location, Retry-After, X-Request-Id',
        );
        expect(headers.get('access-control-allow-credentials')).toBeNull();
        expect(headers.get('vary')).toBe('Origin');
      }
    }
  });

  it.each(['http://web.test.evil', 'http://web.test:81', 'https://web.test', 'HTTP://web.test', 'null'])(
    'ignores %s',
    async (origin) => {
      for (const answer of [await send('/sample', { headers: { origin } }), await preflight(origin)]) {
        expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
        expect(answer.headers.get('vary')).toBe('Origin');
      }
    },
  );

  it('answers a preflight of a listed origin, without a token', async () => {
    const { status, headers } = await preflight('http://web.test');
    expect(status).toBe(204);
    expect(headers.get('access-control-allow-origin')).toBe('http://web.test');
    expect(headers.get('access-control-allow-methods')).toBe('GET, HEAD, POST, PUT, PATCH, DELETE');
    expect(headers.get('access-control-allow-headers')).toBe(
      'Authorization, Content-Type, If-Match, Idempotency-Key, X-Request-Id, traceparent, tracestate',
    );
    expect(Number(headers.get('access-control-max-age'))).toBeGreaterThan(0);
    expect(headers.get('x-request-id')).toMatch(/./);
  });

  it('lets a browser read a 429', async () => {
    const limited = await startSample({ corsOrigins: ['http://web.test'], rateLimitPerMinute: 1 });
    await fetch(`${limited.url}/none`);
    const answer = await fetch(`${limited.url}/none`, { headers: { origin: 'http://web.test' } });
    expect(answer.status).toBe(429);
    expect(answer.headers.get('access-control-allow-origin')).toBe('http://web.test');
    expect(answer.headers.get('access-control-expose-headers')).toContain('Retry-After');
  });

  it('is off where no origin is listed', async () => {
    const closed = await startSample();
    const { headers } = await fetch(`${closed.url}/sample`, { headers: { origin: 'http://web.test' } });
    expect(headers.get('access-control-allow-origin')).toBeNull();
    expect(headers.get('vary')).toBeNull();
  });
});

describe('health', () => {
  it('is live and ready, for everyone and never from a cache', async () => {
    const live = await send('/health/live');
    expect([live.status, await live.json()]).toEqual([200, { status: 'ok' }]);
    const ready = await send('/health/ready');
    expect(ready.headers.get('cache-control')).toBe('no-store');
    expect(await ready.json()).toEqual({ status: 'ok', details: { part: { status: 'up' } } });
  });

  it('names the parts that are down, also one that hangs, and stays live', async () => {
    let up = false;
    const other = await startSample({
      readiness: {
        up: async () => {},
        down: () => (up ? Promise.resolve() : Promise.reject(new Error('password=hunter2'))),
        throwing: () => {
          if (!up) throw new Error('at once');
          return Promise.resolve();
        },
        hanging: () => (up ? Promise.resolve() : new Promise(() => {})),
      },
    });
    const begun = Date.now();
    const answer = await fetch(`${other.url}/health/ready`);
    expect(Date.now() - begun).toBeLessThan(4_000);
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('2');
    expect((await problemIn(answer)).detail).toBe('Down: down, throwing, hanging.');
    expect((await fetch(`${other.url}/health/live`)).status).toBe(200);
    up = true;
    expect((await fetch(`${other.url}/health/ready`)).status).toBe(200);
  });
});

describe('metrics', () => {
  it('count requests by route and status', async () => {
    await send('/sample/1');
    await send('/sample/2');
    await send('/none-that-varies');
    const metrics = await (await send('/metrics')).text();
    expect(metrics).toMatch(
      /http_request_duration_seconds_count\{method="GET",route="\/sample\/:id",status="400"\} [2-9]/,
    );
    expect(metrics).toContain('process_cpu_seconds_total');
    expect(metrics).not.toContain('none-that-varies');
  });

  it('stand on their own port where there is one', async () => {
    const metricsPort = await getPort();
    const other = await startSample({ metricsPort });
    expect((await fetch(`${other.url}/metrics`)).status).toBe(404);
    const metrics = await fetch(`http://127.0.0.1:${metricsPort}/metrics`);
    expect(await metrics.text()).toContain('http_request_duration_seconds_count');
    expect((await fetch(`http://127.0.0.1:${metricsPort}/sample`)).status).toBe(404);
    await other.app.close();
    await expect(fetch(`http://127.0.0.1:${metricsPort}/metrics`)).rejects.toThrow('fetch failed');
  });
});

it('answers what a plain Fastify route throws as a problem', async () => {
  const other = await startSample({}, (app) => {
    const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
    fastify.get('/plain', () => Promise.reject(new Error('hunter2')));
  });
  const answer = await fetch(`${other.url}/plain`);
  expect(answer.status).toBe(500);
  expect((await problemIn(answer)).detail).not.toContain('hunter2');
});
