import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { createServer } from '../src/index.js';
import { UnvalidatedModule } from './sample-app.js';
import { expectProblem, sendRaw, startSample, stopSamples } from './sample-server.js';

let port: number;
let url: string;

beforeAll(async () => {
  ({ port, url } = await startSample());
});

afterAll(stopSamples);

type Body = NonNullable<RequestInit['body']>;

const json = { 'content-type': 'application/json' };
const send = (path: string, init: RequestInit = {}) => fetch(url + path, init);
const post = (body: Body, headers: Record<string, string> = json) =>
  send('/sample', { method: 'POST', body, headers });
const uuid = '01900000-0000-7000-8000-000000000000';

describe('a path', () => {
  const long = `/sample/${'a'.repeat(10_000)}`;

  it.each([
    ['/none?x=1', 404, '/none'],
    ['/sample/', 404, '/sample/'],
    ['//sample', 404, '//sample'],
    ['/sample;q=1', 404, '/sample;q=1'],
    ['/sample/%zz', 400, '/sample/%zz'],
    ['/sample/%c3%28', 400, '/sample/%c3%28'],
    ['/sample/%00', 400, '/sample/%00'],
    ['/sample/1?token=secret', 400, '/sample/1'],
    ['/piped/1', 400, '/piped/1'],
    [long, 400, long],
  ])('that matches no route or schema is a problem: %.20s', async (path, status, instance) => {
    const response = await send(path);
    expect(response.status).toBe(status);
    expect((await expectProblem(response)).instance).toBe(instance);
  });

  it('may be in absolute form', async () => {
    const get = (target: string) =>
      sendRaw(port, `GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    expect(await get('http://a/sample')).toContain('HTTP/1.1 200 ');
    expect(await get('http://a/none?x')).toContain('"instance":"/none"');
  });

  it.each(['PUT', 'OPTIONS', 'TRACE', 'PROPFIND'])(
    'with an unsupported method is a problem: %s',
    async (method) => {
      const response = await sendRaw(
        port,
        `${method} /sample HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
      );
      expect(response).toMatch(/^HTTP\/1.1 404 .*application\/problem\+json.*"instance":"\/sample"/s);
    },
  );

  it('has no response body for HEAD', async () => {
    expect((await send('/sample', { method: 'HEAD' })).status).toBe(200);
    const response = await send('/none', { method: 'HEAD' });
    expect(response.status).toBe(404);
    expect(await response.text()).toBe('');
  });
});

describe('a body', () => {
  it.each<[string, Body, number]>([
    ['a truncated object', '{"name"', 400],
    ['an object and more text', '{"name":"a"}x', 400],
    ['no bytes', '', 400],
    ['white space', '  ', 400],
    ['bytes that are not UTF-8', Buffer.from('7b226e616d65223a22c328227d', 'hex'), 400],
    ['null', 'null', 400],
    ['an array', '[]', 400],
    ['a string', '"a"', 400],
    ['40,000 nested arrays', '['.repeat(40_000) + ']'.repeat(40_000), 400],
    ['100,001 bytes', `{"name":"${'a'.repeat(99_990)}"}`, 413],
  ])('of %s is a problem', async (_, body, status) => {
    const response = await post(body);
    expect(response.status).toBe(status);
    expect((await expectProblem(response)).instance).toBe('/sample');
  });

  it.each([
    '{"name":"a","__proto__":{}}',
    '{"name":"a","inner":{"constructor":{"prototype":{}}}}',
    '{"name":"a","\\u005f_proto__":{}}',
  ])('that would pollute a prototype is rejected before validation: %s', async (body) => {
    const response = await post(body);
    expect(response.status).toBe(400);
    expect(await expectProblem(response)).not.toHaveProperty('errors');
  });

  it('of 100,000 bytes is accepted', async () => {
    const body = `{"name":"${'a'.repeat(99_989)}"}`;
    expect(body).toHaveLength(100_000);
    expect((await post(body)).status).toBe(201);
  });

  it('of more than 100 kB in chunks is a problem', async () => {
    const chunk = `10000\r\n${'a'.repeat(0x10000)}\r\n`;
    const head =
      'POST /sample HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n';
    expect(await sendRaw(port, `${head}\r\n${chunk}${chunk}0\r\n\r\n`)).toMatch(
      /^HTTP\/1.1 413 .*problem\+json/s,
    );
  });

  it('that is missing is a problem', async () => {
    const response = await send('/sample', { method: 'POST' });
    expect(response.status).toBe(400);
    expect((await expectProblem(response)).errors).toEqual([{ pointer: '', detail: expect.any(String) }]);
  });

  it.each<[string, Body, Record<string, string>]>([
    ['plain text', '{"name":"a"}', { 'content-type': 'text/plain' }],
    ['a form', new URLSearchParams({ name: 'a' }), {}],
    ['a multipart form', new FormData(), {}],
    ['an unknown JSON-like type', '{"name":"a"}', { 'content-type': 'application/jsonx' }],
    ['two content types', '{"name":"a"}', { 'content-type': 'application/json, text/plain' }],
    ['no content type', Buffer.from('{"name":"a"}'), {}],
    ['compressed JSON', '{"name":"a"}', { ...json, 'content-encoding': 'gzip' }],
  ])('of %s is a problem', async (_, body, headers) => {
    const response = await post(body, headers);
    expect(response.status).toBe(415);
    await expectProblem(response);
  });

  it.each(['application/json; charset=utf-8', 'APPLICATION/JSON', 'application/json;charset="UTF-8"'])(
    'with the content type %s is accepted',
    async (type) => {
      const response = await post('{"name":"ü"}', { 'content-type': type });
      expect([response.status, await response.json()]).toEqual([201, { name: 'ü' }]);
    },
  );

  it.each([
    ['GET', 200],
    ['DELETE', 204],
  ])('with a JSON content type may be empty for %s', async (method, status) => {
    const head = `${method} /sample HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nConnection: close\r\n`;
    expect(await sendRaw(port, `${head}Content-Length: 0\r\n\r\n`)).toContain(`HTTP/1.1 ${status} `);
    expect(await sendRaw(port, `${head}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`)).toContain(
      `HTTP/1.1 ${status} `,
    );
  });
});

describe('a validation error', () => {
  it('in the body has a JSON Pointer', async () => {
    const { errors } = await expectProblem(await post('{"inner":{"a/b":"x","c~":1},"extra":1}'));
    expect(errors.map(({ pointer }) => pointer).toSorted()).toEqual([
      '/extra',
      '/inner/a~1b',
      '/inner/c~0',
      '/name',
    ]);
  });

  it('in the URL names its parameter', async () => {
    const { errors } = await expectProblem(await send('/sample?q=a&q=b&other=1&__proto__=1&toString=1'));
    expect(errors.map(({ parameter }) => parameter).toSorted()).toEqual([
      '__proto__',
      'other',
      'q',
      'toString',
    ]);
    expect((await expectProblem(await send('/sample/1'))).errors).toEqual([
      { parameter: 'id', detail: 'Must be a UUID' },
    ]);
  });
});

describe('a handler argument', () => {
  it('may have its own pipe if it is a single value', async () => {
    expect(await (await send(`/piped/${uuid}`)).json()).toEqual({ id: uuid });
  });

  it('without validation prevents the start', async () => {
    const options = { name: 'a', logLevel: 'silent', production: true, readiness: {} };
    await expect(createServer(UnvalidatedModule, options)).rejects.toThrow(
      /UnvalidatedController\.create: argument 1, @Body\n.*find: argument 2, @Query\n.*find: argument 1, @Param/s,
    );
  });
});

describe('an error', () => {
  const unexpected =
    'Unexpected error. It has been logged: include the X-Request-Id header when you report it.';

  it.each([
    ['/forbidden', 403, 'Admins only.'],
    ['/closed', 401, 'Sign in first.'],
    ['/database-unavailable', 503, 'The database is unavailable. Try again later.'],
    ['/fails', 500, unexpected],
    ['/throws-null', 500, unexpected],
  ])('at %s reveals nothing internal', async (path, status, detail) => {
    const response = await send(path);
    expect(response.status).toBe(status);
    expect(await expectProblem(response)).toEqual({
      type: 'about:blank',
      title: expect.any(String),
      status,
      detail,
      instance: path,
    });
  });

  it('keeps its headers', async () => {
    expect((await send('/forbidden')).headers.get('x-why')).toBe('role');
    expect((await send('/closed')).headers.get('www-authenticate')).toBe('Bearer');
    expect((await send('/database-unavailable')).headers.get('retry-after')).toBe('2');
  });
});

describe('a request that Node rejects', () => {
  it.each([
    ['not HTTP', 'hello\r\n\r\n', 400, ''],
    ['TLS', Buffer.from('16030100c8010000c40303', 'hex'), 400, ''],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400, '*'],
    ['an unknown method', 'BREW /pot HTTP/1.1\r\nHost: a\r\n\r\n', 400, '/pot'],
    ['a header without a name', 'GET /sample HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n', 400, '/sample'],
    ['a control character', 'GET /sample HTTP/1.1\r\nHost: a\r\nX: \x01\r\n\r\n', 400, '/sample'],
    [
      'two Content-Length headers',
      'POST /sample HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na',
      400,
      '/sample',
    ],
    [
      'Content-Length and Transfer-Encoding',
      'POST /sample HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\na',
      400,
      '/sample',
    ],
    ['no Host header', 'GET /sample HTTP/1.1\r\nConnection: close\r\n\r\n', 400, '/sample'],
    [
      'headers over 16 kB',
      `GET /sample?q=1 HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`,
      431,
      '/sample',
    ],
    ['a path over 16 kB', `GET /sample/${'a'.repeat(20_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 431, undefined],
  ])('is a problem: %s', async (_, bytes, status, instance) => {
    const [head, body] = (await sendRaw(port, bytes)).split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} .*application/problem\\+json`, 's'));
    expect(head).toMatch(/x-request-id: \S+/i);
    expect(JSON.parse(body!)).toMatchObject({ status, ...(instance !== undefined && { instance }) });
  });

  it('is neither an HTTP/1.0 health check nor one with an unknown expectation', async () => {
    expect(await sendRaw(port, 'GET /health/live HTTP/1.0\r\n\r\n')).toContain('HTTP/1.1 200 ');
    const expecting = 'GET /sample HTTP/1.1\r\nHost: a\r\nExpect: magic\r\nConnection: close\r\n\r\n';
    expect(await sendRaw(port, expecting)).toContain('HTTP/1.1 200 ');
  });
});

it('times out slow headers and slow bodies without affecting other requests', async () => {
  const drip = (start: string) => {
    const socket = connect(port, '127.0.0.1');
    socket.write(start);
    const timer = setInterval(() => socket.write('a'), 500);
    return text(socket).finally(() => clearInterval(timer));
  };
  const slow = Promise.all([
    drip('GET /sample HTTP/1.1\r\nHost: a\r\nX: '),
    drip(
      'POST /sample HTTP/1.1\r\nHost: a\r\nX-Request-Id: slow\r\nContent-Type: application/json\r\nContent-Length: 90\r\n\r\n',
    ),
  ]);
  await sleep(1_000);
  expect((await send('/sample')).status).toBe(200);
  const [headers, body] = await slow;
  expect(headers).toMatch(/^HTTP\/1.1 408 .*application\/problem\+json/s);
  expect(body).toMatch(/^HTTP\/1.1 408 .*application\/problem\+json/s);
  expect(body).toMatch(/X-Request-Id: slow\r\n.*"instance":"\/sample"/s);
});
