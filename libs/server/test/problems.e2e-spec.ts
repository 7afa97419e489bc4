import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { createServer } from '../src/index.js';
import { UncheckedModule } from './sample-app.js';
import { expectProblem, raw, startSample, stopSamples } from './sample-server.js';

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
  ])('that leads nowhere is a problem: %.20s', async (path, status, instance) => {
    const answer = await send(path);
    expect(answer.status).toBe(status);
    expect((await expectProblem(answer)).instance).toBe(instance);
  });

  it('may be asked for as a whole address', async () => {
    const get = (target: string) =>
      raw(port, `GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    expect(await get('http://a/sample')).toContain('HTTP/1.1 200 ');
    expect(await get('http://a/none?x')).toContain('"instance":"/none"');
  });

  it.each(['PUT', 'OPTIONS', 'TRACE', 'PROPFIND'])('of another method is a problem: %s', async (method) => {
    const answer = await raw(port, `${method} /sample HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1.1 404 .*application\/problem\+json.*"instance":"\/sample"/s);
  });

  it('answers HEAD without a body', async () => {
    expect((await send('/sample', { method: 'HEAD' })).status).toBe(200);
    const answer = await send('/none', { method: 'HEAD' });
    expect(answer.status).toBe(404);
    expect(await answer.text()).toBe('');
  });
});

describe('a body', () => {
  it.each<[string, Body, number]>([
    ['half an object', '{"name"', 400],
    ['more than an object', '{"name":"a"}x', 400],
    ['nothing', '', 400],
    ['white space', '  ', 400],
    ['bytes that are not UTF-8', Buffer.from('7b226e616d65223a22c328227d', 'hex'), 400],
    ['null', 'null', 400],
    ['a list', '[]', 400],
    ['text', '"a"', 400],
    ['forty thousand lists in one another', '['.repeat(40_000) + ']'.repeat(40_000), 400],
    ['100,001 bytes', `{"name":"${'a'.repeat(99_990)}"}`, 413],
  ])('of %s is a problem', async (_, body, status) => {
    const answer = await post(body);
    expect(answer.status).toBe(status);
    expect((await expectProblem(answer)).instance).toBe('/sample');
  });

  it.each([
    '{"name":"a","__proto__":{}}',
    '{"name":"a","inner":{"constructor":{"prototype":{}}}}',
    '{"name":"a","\\u005f_proto__":{}}',
  ])('that would change a prototype is refused before any schema sees it: %s', async (body) => {
    const answer = await post(body);
    expect(answer.status).toBe(400);
    expect(await expectProblem(answer)).not.toHaveProperty('errors');
  });

  it('of 100,000 bytes is taken', async () => {
    const body = `{"name":"${'a'.repeat(99_989)}"}`;
    expect(body).toHaveLength(100_000);
    expect((await post(body)).status).toBe(201);
  });

  it('over 100 kB in chunks is a problem, too', async () => {
    const chunk = `10000\r\n${'a'.repeat(0x10000)}\r\n`;
    const head =
      'POST /sample HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n';
    expect(await raw(port, `${head}\r\n${chunk}${chunk}0\r\n\r\n`)).toMatch(
      /^HTTP\/1.1 413 .*problem\+json/s,
    );
  });

  it('that is missing is a problem', async () => {
    const answer = await send('/sample', { method: 'POST' });
    expect(answer.status).toBe(400);
    expect((await expectProblem(answer)).errors).toEqual([{ pointer: '', detail: expect.any(String) }]);
  });

  it.each<[string, Body, Record<string, string>]>([
    ['text', '{"name":"a"}', { 'content-type': 'text/plain' }],
    ['a form', new URLSearchParams({ name: 'a' }), {}],
    ['a form with parts', new FormData(), {}],
    ['something like JSON', '{"name":"a"}', { 'content-type': 'application/jsonx' }],
    ['two types', '{"name":"a"}', { 'content-type': 'application/json, text/plain' }],
    ['no type', Buffer.from('{"name":"a"}'), {}],
    ['compressed JSON', '{"name":"a"}', { ...json, 'content-encoding': 'gzip' }],
  ])('of %s is a problem', async (_, body, headers) => {
    const answer = await post(body, headers);
    expect(answer.status).toBe(415);
    await expectProblem(answer);
  });

  it.each(['application/json; charset=utf-8', 'APPLICATION/JSON', 'application/json;charset="UTF-8"'])(
    'of the type %s is taken',
    async (type) => {
      const answer = await post('{"name":"ü"}', { 'content-type': type });
      expect([answer.status, await answer.json()]).toEqual([201, { name: 'ü' }]);
    },
  );

  it.each([
    ['GET', 200],
    ['DELETE', 204],
  ])('of type JSON may be empty on %s', async (method, status) => {
    const head = `${method} /sample HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nConnection: close\r\n`;
    expect(await raw(port, `${head}Content-Length: 0\r\n\r\n`)).toContain(`HTTP/1.1 ${status} `);
    expect(await raw(port, `${head}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`)).toContain(
      `HTTP/1.1 ${status} `,
    );
  });
});

describe('a mistake', () => {
  it('in a body has a pointer', async () => {
    const { errors } = await expectProblem(await post('{"inner":{"a/b":"x","c~":1},"extra":1}'));
    expect(errors.map(({ pointer }) => pointer).toSorted()).toEqual([
      '/extra',
      '/inner/a~1b',
      '/inner/c~0',
      '/name',
    ]);
  });

  it('in the address names its parameter', async () => {
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

describe('an argument', () => {
  it('may have a pipe of its own, where it is one value', async () => {
    expect(await (await send(`/piped/${uuid}`)).json()).toEqual({ id: uuid });
  });

  it('without a schema keeps the app from starting', async () => {
    const options = { name: 'a', logLevel: 'silent', production: true, readiness: {} };
    await expect(createServer(UncheckedModule, options)).rejects.toThrow(
      /UncheckedController\.create: argument 1, @Body\n.*find: argument 2, @Query\n.*find: argument 1, @Param/s,
    );
  });
});

describe('an error', () => {
  it.each([
    ['/forbidden', 403, 'Not for you.'],
    ['/closed', 401, 'Who are you?'],
    ['/database-away', 503, 'What this needs cannot be reached now. Try again.'],
    ['/fails', 500, 'Something went wrong here. It has been logged.'],
    ['/throws-nothing', 500, 'Something went wrong here. It has been logged.'],
  ])('at %s says no more than it should', async (path, status, detail) => {
    const answer = await send(path);
    expect(answer.status).toBe(status);
    expect(await expectProblem(answer)).toEqual({
      type: 'about:blank',
      title: expect.any(String),
      status,
      detail,
      instance: path,
    });
  });

  it('brings its headers', async () => {
    expect((await send('/forbidden')).headers.get('x-why')).toBe('role');
    expect((await send('/closed')).headers.get('www-authenticate')).toBe('Bearer');
    expect((await send('/database-away')).headers.get('retry-after')).toBe('2');
  });
});

describe('what never becomes a request', () => {
  it.each([
    ['no HTTP at all', 'hello\r\n\r\n', 400, ''],
    ['TLS', Buffer.from('16030100c8010000c40303', 'hex'), 400, ''],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400, '*'],
    ['an unknown method', 'BREW /pot HTTP/1.1\r\nHost: a\r\n\r\n', 400, '/pot'],
    ['a header without a name', 'GET /sample HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n', 400, '/sample'],
    ['a control character', 'GET /sample HTTP/1.1\r\nHost: a\r\nX: \x01\r\n\r\n', 400, '/sample'],
    [
      'two lengths',
      'POST /sample HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na',
      400,
      '/sample',
    ],
    [
      'a length and chunks',
      'POST /sample HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\na',
      400,
      '/sample',
    ],
    ['no Host', 'GET /sample HTTP/1.1\r\nConnection: close\r\n\r\n', 400, '/sample'],
    [
      'headers over 16 kB',
      `GET /sample?q=1 HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`,
      431,
      '/sample',
    ],
    ['a path over 16 kB', `GET /sample/${'a'.repeat(20_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 431, undefined],
  ])('is a problem: %s', async (_, bytes, status, instance) => {
    const [head, body] = (await raw(port, bytes)).split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} .*application/problem\\+json`, 's'));
    expect(head).toMatch(/x-request-id: \S+/i);
    expect(JSON.parse(body!)).toMatchObject({ status, ...(instance !== undefined && { instance }) });
  });

  it('does not include a health check of the old kind, nor an unknown expectation', async () => {
    expect(await raw(port, 'GET /health/live HTTP/1.0\r\n\r\n')).toContain('HTTP/1.1 200 ');
    const expecting = 'GET /sample HTTP/1.1\r\nHost: a\r\nExpect: magic\r\nConnection: close\r\n\r\n';
    expect(await raw(port, expecting)).toContain('HTTP/1.1 200 ');
  });
});

it('cuts off slow headers and slow bodies without hurting others', async () => {
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
}, 25_000);
