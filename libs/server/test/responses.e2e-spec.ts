import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import getPort from 'get-port';
import type { FastifyInstance } from 'fastify';
import { expectProblem, sendRaw, startSample, stopSamples } from './sample-server.js';

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
const allPaths = [
  '/sample',
  '/none',
  '/sample/%zz',
  '/fails',
  '/database-unavailable',
  '/closed',
  '/health/live',
];

describe('the request id', () => {
  it.each(['a', 'A-b_c.9', 'x'.repeat(128)])('is taken from the request: %.20s', async (id) => {
    for (const path of allPaths) {
      const response = await send(path, { headers: { 'x-request-id': id } });
      expect(response.headers.get('x-request-id')).toBe(id);
    }
  });

  it.each(['', 'a b', 'a/b', 'x'.repeat(129), 'ü'])(
    'is generated instead of an invalid one: %j',
    async (id) => {
      const response = await send('/sample', { headers: { 'x-request-id': id } });
      expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    },
  );

  it('is generated if the request has two', async () => {
    const two =
      'GET /sample HTTP/1.1\r\nHost: a\r\nX-Request-Id: a\r\nX-Request-Id: b\r\nConnection: close\r\n\r\n';
    expect(await sendRaw(port, two)).toMatch(/x-request-id: [0-9a-f-]{36}\r\n/);
  });
});

describe('Strict-Transport-Security', () => {
  const overTls = { headers: { 'x-forwarded-proto': 'https' } };
  const receive = async (options: Parameters<typeof startSample>[0], init: RequestInit) => {
    const { url: address } = await startSample(options);
    return (await fetch(`${address}/sample`, init)).headers.get('strict-transport-security');
  };

  it('is sent over TLS only, as a trusted proxy reports it', async () => {
    const trustProxy = ['127.0.0.1'];
    expect(await receive({ trustProxy }, overTls)).toBe('max-age=31536000');
    expect(await receive({ trustProxy }, { headers: { 'x-forwarded-proto': 'http' } })).toBeNull();
    expect(await receive({}, overTls)).toBeNull();
    expect(await receive({ trustProxy, production: false }, overTls)).toBeNull();
  });

  it('includes subdomains only if that is configured', async () => {
    const options = { trustProxy: ['127.0.0.1'], hstsIncludeSubdomains: true };
    expect(await receive(options, overTls)).toBe('max-age=31536000; includeSubDomains');
  });
});

describe('security headers', () => {
  it('are in every response', async () => {
    for (const path of allPaths) {
      const { headers } = await send(path);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('strict-transport-security')).toBeNull();
      expect(headers.get('x-powered-by')).toBeNull();
    }
  });

  it('include a Content-Security-Policy that allows nothing, except on pages with their own policy', async () => {
    const getPolicy = async (path: string) => (await send(path)).headers.get('content-security-policy');
    expect(await getPolicy('/health/live')).toBe("default-src 'none';frame-ancestors 'none'");
    expect(await getPolicy('/samples')).toBe("default-src 'none';frame-ancestors 'none'");
    expect(await getPolicy('/sample')).toBe(policy);
    expect(await getPolicy('/sample/1')).toBe(policy);
  });
});

describe('the response to a request with credentials', () => {
  it.each<Record<string, string>>([{ authorization: 'Bearer x' }, { cookie: 'session=x' }])(
    'is not stored by caches: %j',
    async (credentials) => {
      for (const path of allPaths.filter((name) => !name.startsWith('/health/'))) {
        const response = await send(path, { headers: { ...credentials, 'x-user': 'ada' } });
        expect({ path, value: response.headers.get('cache-control') }).toEqual({
          path,
          value: 'private, no-store',
        });
      }
    },
  );

  it('is not stored if the request is malformed', async () => {
    const request = 'POST /sample HTTP/1.1\r\nHost: a\r\nAuthorization: x\r\nX y: 1\r\n\r\n';
    expect(await sendRaw(port, request)).toMatch(/cache-control: private, no-store\r\n/i);
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

  it('allows a listed origin, also for errors', async () => {
    for (const path of allPaths) {
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
    'does not allow %s',
    async (origin) => {
      for (const response of [await send('/sample', { headers: { origin } }), await preflight(origin)]) {
        expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
        expect(response.headers.get('vary')).toBe('Origin');
      }
    },
  );

  it('allows a preflight request from a listed origin without a token', async () => {
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

  it('lets browsers read a 429 response', async () => {
    const limited = await startSample({ corsOrigins: ['http://web.test'], rateLimitPerMinute: 1 });
    await fetch(`${limited.url}/none`);
    const response = await fetch(`${limited.url}/none`, { headers: { origin: 'http://web.test' } });
    expect(response.status).toBe(429);
    expect(response.headers.get('access-control-allow-origin')).toBe('http://web.test');
    expect(response.headers.get('access-control-expose-headers')).toContain('Retry-After');
  });

  it('is off without allowed origins', async () => {
    const withoutCors = await startSample();
    const { headers } = await fetch(`${withoutCors.url}/sample`, { headers: { origin: 'http://web.test' } });
    expect(headers.get('access-control-allow-origin')).toBeNull();
    expect(headers.get('vary')).toBeNull();
  });
});

describe('health', () => {
  it('reports live and ready without authentication, and is never cached', async () => {
    const live = await send('/health/live');
    expect([live.status, await live.json()]).toEqual([200, { status: 'ok' }]);
    const ready = await send('/health/ready');
    expect(ready.headers.get('cache-control')).toBe('no-store');
    expect(await ready.json()).toEqual({ status: 'ok', details: { part: { status: 'up' } } });
  });

  it('names the dependencies that are down or time out, and stays live', async () => {
    let up = false;
    const other = await startSample({
      readiness: {
        up: async () => {},
        down: () => (up ? Promise.resolve() : Promise.reject(new Error('password=hunter2'))),
        throwing: () => {
          if (!up) {
            throw new Error('synchronous');
          }
          return Promise.resolve();
        },
        hanging: () => (up ? Promise.resolve() : new Promise(() => {})),
      },
    });
    const startedAt = performance.now();
    const response = await fetch(`${other.url}/health/ready`);
    expect(performance.now() - startedAt).toBeLessThan(4_000);
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('2');
    expect((await expectProblem(response)).detail).toBe('Down: down, throwing, hanging.');
    expect((await fetch(`${other.url}/health/live`)).status).toBe(200);
    up = true;
    await sleep(1_100);
    expect((await fetch(`${other.url}/health/ready`)).status).toBe(200);
  });

  it('shares one check among all probes within a second, whether it succeeds or fails', async () => {
    let checks = 0;
    const other = await startSample({
      readiness: {
        part: async () => {
          checks += 1;
          await sleep(50);
          if (checks > 1) {
            throw new Error('down');
          }
        },
      },
    });
    const probe = async () => (await fetch(`${other.url}/health/ready`)).status;
    const probeOften = async () => [...(await Promise.all(Array.from({ length: 20 }, probe))), await probe()];
    expect(new Set(await probeOften())).toEqual(new Set([200]));
    expect(checks).toBe(1);
    await sleep(1_100);
    expect(new Set(await probeOften())).toEqual(new Set([503]));
    expect(checks).toBe(2);
  });
});

describe('metrics', () => {
  it('count requests by method, route and status', async () => {
    await send('/sample/1');
    await send('/sample/2');
    await send('/none-with-an-id');
    const metrics = await (await send('/metrics')).text();
    expect(metrics).toMatch(
      /http_request_duration_seconds_count\{method="GET",route="\/sample\/:id",status="400"\} [2-9]/,
    );
    expect(metrics).toContain('process_cpu_seconds_total');
    expect(metrics).not.toContain('none-with-an-id');
  });

  it('are served on the metrics port only, if there is one', async () => {
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

it('sends errors of a plain Fastify route as problem details', async () => {
  const other = await startSample({}, (app) => {
    const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
    fastify.get('/plain', () => Promise.reject(new Error('hunter2')));
  });
  const response = await fetch(`${other.url}/plain`);
  expect(response.status).toBe(500);
  expect((await expectProblem(response)).detail).not.toContain('hunter2');
});
