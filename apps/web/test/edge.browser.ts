import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { text } from 'node:stream/consumers';
import { chromium } from '@playwright/test';
import { readEnvironment } from '../environment.mjs';
import { createWebServer, listen } from '../server/web-server.mjs';
import { findChromium } from './find-chromium.js';
import { freeOrigins, portOf } from './system.js';
import { expect, newAccount, test } from './users.js';
import { startUpstream, startWeb } from './web-server.js';

interface RawResponse {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** Sends bytes as they are and reads until the server closes the connection. */
async function sendRaw(port: number, ...chunks: (string | Buffer)[]): Promise<RawResponse> {
  const socket = connect(port, 'localhost');
  await once(socket, 'connect');
  socket.on('error', () => {});
  for (const chunk of chunks) {
    socket.write(chunk);
  }
  return readResponse(socket);
}

async function readResponse(socket: Socket): Promise<RawResponse> {
  const [head = '', ...rest] = (await text(socket)).split('\r\n\r\n');
  const [statusLine = '', ...lines] = head.split('\r\n');
  const headers = lines.map((line) => [
    line.slice(0, line.indexOf(':')).toLowerCase(),
    line.slice(line.indexOf(':') + 1).trim(),
  ]);
  return {
    status: Number(statusLine.split(' ')[1]),
    headers: Object.fromEntries(headers),
    body: rest.join('\r\n\r\n'),
  };
}

/** Sends a GET request with a target and headers that fetch() would normalize or reject. */
function get(port: number, target: string, headers: Record<string, string> = {}): Promise<RawResponse> {
  const lines = Object.entries({ host: `localhost:${port}`, connection: 'close', ...headers });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return sendRaw(port, `GET ${target} HTTP/1.1\r\n${head}\r\n`);
}

function expectProblem({ status, headers, body }: RawResponse, expected: number) {
  expect([status, headers['content-type']]).toEqual([
    expected,
    expect.stringContaining('application/problem+json'),
  ]);
  expect(body).toContain(`"status":${expected}`);
}

for (const { name, trusted, sent, seen } of [
  { name: 'replaces it by default', trusted: '', sent: '203.0.113.9', seen: '127.0.0.1' },
  { name: 'sets it', trusted: '', sent: undefined, seen: '127.0.0.1' },
  { name: 'ignores untrusted networks', trusted: '10.0.0.0/8', sent: '203.0.113.9', seen: '127.0.0.1' },
  { name: 'trusts a proxy', trusted: '127.0.0.1,::1', sent: '203.0.113.9', seen: '203.0.113.9' },
  {
    name: 'takes the address that the trusted proxy appended',
    trusted: '127.0.0.0/8, ::1',
    sent: '198.51.100.1, 203.0.113.9',
    seen: '203.0.113.9',
  },
  {
    name: 'skips all trusted proxies',
    trusted: '127.0.0.1,::1,10.0.0.0/8',
    sent: '198.51.100.1, 2001:db8::1, 10.1.2.3',
    seen: '2001:db8::1',
  },
  {
    name: 'removes the ports that some proxies report',
    trusted: '127.0.0.1,::1,10.0.0.0/8',
    sent: '[2001:db8::1]:4711, 10.1.2.3:4712',
    seen: '2001:db8::1',
  },
  {
    name: 'stops at what is not an address',
    trusted: '127.0.0.1,::1',
    sent: '203.0.113.9, unknown',
    seen: '127.0.0.1',
  },
]) {
  test(`X-Forwarded-For: ${name}`, async ({ system }) => {
    const received: (string | string[] | undefined)[] = [];
    const upstream = await startUpstream((request, response) => {
      received.push(request.headers['x-forwarded-for']);
      response.setHeader('content-type', 'application/json').end('null');
    });
    const web = await startWeb(system, { AUTH_URL: upstream.url, WEB_TRUST_PROXY: trusted });
    const headers = {
      ...(sent && { 'x-forwarded-for': sent }),
      cookie: 'better-auth.session_token=some',
    };
    for (const path of ['/api/auth/get-session', '/tasks']) {
      await fetch(web.url + path, { headers, redirect: 'manual' });
    }
    expect(received.map((value) => (value === '::1' ? '127.0.0.1' : value))).toEqual([seen, seen]);
    expect(await web.stop()).toBe(0);
    upstream.stop();
  });
}

for (const { name, trusted, limited } of [
  { name: 'as the edge, one client cannot choose its address', trusted: '', limited: 2 },
  { name: 'behind a trusted proxy, each client has its own address', trusted: '127.0.0.0/8,::1', limited: 0 },
]) {
  test(`the auth server limits the clients of the web app: ${name}`, async ({ system }) => {
    await system.auth.stop();
    await system.auth.start({
      NODE_ENV: 'production',
      RATE_LIMIT_PER_MINUTE: '600',
      TRUST_PROXY: '127.0.0.1,::1',
    });
    const web = await startWeb(system, { BETTER_AUTH_URL: system.webUrl, WEB_TRUST_PROXY: trusted });
    const { email, password } = newAccount('Eve');
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 12; attempt++) {
      const response = await fetch(`${web.url}/api/auth/sign-in/email`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          origin: system.webUrl,
          'x-forwarded-for': `203.0.113.${attempt}`,
        },
        body: JSON.stringify({ email, password }),
      });
      statuses.push(response.status);
    }
    expect(statuses.filter((status) => status === 401)).toHaveLength(12 - limited);
    expect(statuses.filter((status) => status === 429)).toHaveLength(limited);
    await web.stop();
    await system.auth.stop();
    await system.auth.start();
  });
}

test('does not forward other headers about the client that only a proxy may set', async ({ system }) => {
  let received: NodeJS.Dict<string | string[]> = {};
  const upstream = await startUpstream((request, response) => {
    received = request.headers;
    response.end();
  });
  const web = await startWeb(system, { AUTH_URL: upstream.url });
  await fetch(`${web.url}/api/auth/ok`, {
    headers: {
      forwarded: 'for=203.0.113.9',
      'x-real-ip': '203.0.113.9',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      'x-own': 'yes',
    },
  });
  expect(received).toMatchObject({ 'x-own': 'yes' });
  expect(received).not.toHaveProperty('forwarded');
  expect(received).not.toHaveProperty('x-real-ip');
  expect(received).not.toHaveProperty('x-forwarded-host');
  expect(received).not.toHaveProperty('x-forwarded-proto');
  await web.stop();
  upstream.stop();
});

for (const path of ['/', '/sign-in', '/tasks?filter=done', '/no/such/page', '/outbox']) {
  test(`redirects another host to the public origin: ${path}`, async ({ ada, system }) => {
    const { port } = new URL(system.webUrl);
    await ada.page.goto(`http://127.0.0.1:${port}${path}`);
    await expect(ada.page).toHaveURL((url) => url.origin === system.webUrl);
    await expect(ada.page.getByRole('heading').first()).toBeVisible();
  });
}

test('redirects a host without TLS to a public origin with TLS', async ({ system }) => {
  const web = await startWeb(system, { BETTER_AUTH_URL: 'https://tasks.example.com' });
  // To a name that isn't this machine, the browser upgrades requests to https.
  const browser = await chromium.launch({
    executablePath: findChromium(),
    args: ['--no-sandbox', '--host-resolver-rules=MAP app.test 127.0.0.1'],
  });
  const page = await browser.newPage();
  await page.route('https://tasks.example.com/**', (route) => route.fulfill({ body: 'The public origin' }));
  await page.goto(`http://app.test:${web.port}/sign-in?next=/tasks#top`);
  await expect(page).toHaveURL('https://tasks.example.com/sign-in?next=/tasks#top');
  await browser.close();
  await web.stop();
});

test('signs in after the app was opened at another address', async ({ ada, system, browser }) => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`http://127.0.0.1:${new URL(system.webUrl).port}/sign-in?next=/tasks%3Ffilter%3Dall#top`);
  await page.getByLabel('Email').fill(ada.email);
  await page.getByLabel('Password', { exact: true }).fill(ada.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL(`${system.webUrl}/tasks?filter=all`);
  await context.close();
});

test('serves health checks at any address', async ({ system }) => {
  const { port } = new URL(system.webUrl);
  for (const host of ['10.1.2.3', 'web', `127.0.0.1:${port}`]) {
    for (const path of ['/health/live', '/health/ready', '/sign-in']) {
      expect((await get(Number(port), path, { host })).status).toBe(200);
    }
  }
});

test.describe('in development', () => {
  const page = 'a page with live reset links';

  async function startDevelopmentServer(settings: Record<string, string> = {}) {
    const [url] = await freeOrigins(1);
    const environment = readEnvironment({ NODE_ENV: 'development', WEB_PORT: portOf(url), ...settings });
    const options = { ...environment, development: true };
    const server = createWebServer(options, async (_, response) => void response.end(page));
    const listeners = await listen(server, options);
    return {
      url,
      port: environment.WEB_PORT,
      stop: () => {
        listeners.forEach((listener) => listener.close());
        server.closeAllConnections();
      },
    };
  }

  test('listens on the loopback addresses only', async () => {
    const { port, stop } = await startDevelopmentServer();
    const reach = (address: string) =>
      new Promise<boolean>((resolve) => {
        const socket = connect(port, address, () => resolve(socket.destroy().destroyed));
        socket.once('error', () => resolve(false));
      });
    for (const { address, family, internal, scopeid } of Object.values(networkInterfaces()).flatMap(
      (addresses) => addresses ?? [],
    )) {
      const reachable = await reach(family === 'IPv6' && scopeid ? `${address}%lo` : address);
      expect([address, reachable]).toEqual([address, internal]);
    }
    stop();
  });

  test('listens on LISTEN_ADDRESS', async () => {
    const { port, stop } = await startDevelopmentServer({ LISTEN_ADDRESS: '0.0.0.0' });
    expect((await get(port, '/')).body).toContain(page);
    stop();
  });

  for (const host of [
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1',
    '[::1]',
    '0.0.0.0',
    'my-machine',
  ]) {
    test(`serves nothing to the host ${host}, and redirects it to the public address`, async () => {
      const { url, port, stop } = await startDevelopmentServer();
      for (const target of [
        '/outbox',
        '/sign-in?next=/tasks',
        '/_next/static/x.js',
        '/api/auth/ok',
        '/health/../outbox',
        '/health/%2e%2e/outbox',
        '/health/ready/../../outbox',
      ]) {
        for (const header of [host, `${host}:${port}`]) {
          const { status, headers, body } = await get(port, target, { host: header });
          expect([status, headers.location]).toEqual([307, url + target]);
          expect(body).not.toContain(page);
        }
      }
      expect((await get(port, '/health/ready', { host })).status).toBe(200);
      stop();
    });
  }

  test('serves the hosts of BETTER_AUTH_URL and localhost', async () => {
    const { port, stop } = await startDevelopmentServer({ BETTER_AUTH_URL: 'https://tunnel.example' });
    for (const host of ['tunnel.example', 'Tunnel.Example', `localhost:${port}`]) {
      expect((await get(port, '/outbox', { host })).body).toContain(page);
    }
    stop();
  });
});

test('rejects bodies over 100 kB with 413', async ({ system }) => {
  let calls = 0;
  const upstream = await startUpstream((_request, response) => {
    calls++;
    response.end();
  });
  const web = await startWeb(system, { AUTH_URL: upstream.url });
  const body = Buffer.alloc(60_000_000, 'a');
  const streamed = () =>
    new ReadableStream({
      start(controller) {
        controller.enqueue(new Uint8Array(200_000));
        controller.close();
      },
    });
  for (const path of ['/api/auth/sign-in/email', '/sign-in', '/tasks']) {
    const response = await fetch(web.url + path, { method: 'POST', body });
    expect([path, response.status]).toEqual([path, 413]);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
  }
  const request = { method: 'POST', body: streamed(), duplex: 'half' } as RequestInit;
  expect((await fetch(`${web.url}/api/auth/sign-in/email`, request)).status).toBe(413);
  const toPage = { method: 'POST', body: streamed(), duplex: 'half' } as RequestInit;
  expect((await fetch(`${web.url}/sign-in`, toPage)).status).toBe(411);
  expect(calls).toBe(0);
  const small = await fetch(`${web.url}/api/auth/ok`, { method: 'POST', body: body.subarray(0, 100_000) });
  expect([small.status, calls]).toEqual([200, 1]);
  await web.stop();
  upstream.stop();
});

test('responds with 408 to slow headers and slow bodies', async ({ system }) => {
  const port = Number(new URL(system.webUrl).port);
  const start = performance.now();
  const post = `POST /api/auth/sign-in/email HTTP/1.1\r\nhost: localhost:${port}\r\n`;
  const responses = await Promise.all([
    sendRaw(port, 'GET / HTTP/1.1\r\nhost: localhost\r\n'),
    sendRaw(port, `${post}content-length: 1000\r\n\r\n{`),
    sendRaw(port, `POST /sign-in HTTP/1.1\r\nhost: localhost:${port}\r\ncontent-length: 1000\r\n\r\n{`),
  ]);
  expectProblem(responses[0], 408);
  expectProblem(responses[1], 408);
  expect(responses[2].status).toBeLessThan(500);
  expect(performance.now() - start).toBeLessThan(20_000);
});

for (const method of ['TRACE', 'PROPFIND']) {
  for (const path of ['/', '/sign-in', '/api/auth/ok', '/_next/static/x.js']) {
    test(`responds with 405 to ${method} ${path}`, async ({ system }) => {
      const port = Number(new URL(system.webUrl).port);
      const response = await sendRaw(
        port,
        `${method} ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`,
      );
      expectProblem(response, 405);
      expect(response.headers.allow).toContain('GET');
    });
  }
}

for (const { name, request, status } of [
  { name: 'no Host header', request: 'GET / HTTP/1.1\r\n', status: 400 },
  { name: 'an invalid Host header', request: 'GET / HTTP/1.1\r\nhost: [x\r\n', status: 400 },
  { name: 'a Host header with a path', request: 'GET / HTTP/1.1\r\nhost: a/b\r\n', status: 400 },
  { name: 'no path', request: 'OPTIONS * HTTP/1.1\r\nhost: localhost\r\n', status: 400 },
  { name: 'invalid HTTP', request: 'GET / HTTP/9.9\r\n', status: 400 },
  {
    name: 'headers over 16 kB',
    request: `GET / HTTP/1.1\r\nhost: localhost\r\nx: ${'a'.repeat(20_000)}\r\n`,
    status: 431,
  },
]) {
  test(`responds with ${status} to a request with ${name}`, async ({ system }) => {
    const port = Number(new URL(system.webUrl).port);
    expectProblem(await sendRaw(port, `${request}connection: close\r\n\r\n`), status);
  });
}

test('ignores an Upgrade header', async ({ system }) => {
  const port = Number(new URL(system.webUrl).port);
  for (const target of ['/sign-in', '/api/auth/ok', '/_next/hmr']) {
    const head = `host: localhost:${port}\r\nconnection: upgrade, close\r\nupgrade: websocket\r\n`;
    const { status } = await sendRaw(port, `GET ${target} HTTP/1.1\r\n${head}\r\n`);
    expect([target, status]).toEqual([target, target === '/_next/hmr' ? 404 : 200]);
  }
});

test('only normalized paths reach the auth server', async ({ system }) => {
  const received: (string | undefined)[] = [];
  const upstream = await startUpstream((request, response) => {
    received.push(request.url);
    response.end('reached');
  });
  const web = await startWeb(system, { AUTH_URL: upstream.url });
  const buildId = /"b":"([^"]+)"/.exec((await get(web.port, '/sign-in')).body)?.[1] ?? 'build';
  expect(received.splice(0)).toEqual(['/api/auth/providers']);
  for (const target of [
    `/_next/data/${buildId}/api/auth/ok.json`,
    '/_next/data/development/api/auth/ok.json',
    '/api/auth/../../metrics',
    '/api/auth/%2e%2e/%2E%2E/metrics',
    '/api/auth/..%2f..%2fmetrics',
    '/api/auth//ok',
    '/api/auth/./ok',
    '/api/auth/\\ok',
    '/api//auth/ok',
    '//api/auth/ok',
    '/x/../api/auth/ok',
    '/%61pi/auth/ok',
    '/api%2fauth/ok',
    '/API/auth/ok',
    '/\\api/auth/ok',
    '/en/api/auth/ok',
  ]) {
    const { status, body } = await get(web.port, target);
    expect([target, status < 500, body.includes('reached')]).toEqual([target, true, false]);
  }
  expect(received).toEqual([]);
  for (const target of ['/api/auth/ok?x=%2e%2e//', `http://localhost:${web.port}/api/auth/ok`]) {
    expect((await get(web.port, target)).body).toContain('reached');
  }
  expect(received).toEqual(['/api/auth/ok?x=%2e%2e//', '/api/auth/ok']);
  await web.stop();
  upstream.stop();
});

for (const location of [
  '//evil.example',
  '/..//evil.example',
  'http://',
  'http://[',
  'not a url',
  '\u00ff',
]) {
  test(`passes on the Location ${JSON.stringify(location)} of the auth server`, async ({ system }) => {
    const upstream = await startUpstream((_request, response) => response.writeHead(302, { location }).end());
    const web = await startWeb(system, { AUTH_URL: upstream.url });
    const [response] = await once(
      httpRequest(`${web.url}/api/auth/verify-email?token=x&callbackURL=/..//evil.example`).end(),
      'response',
    );
    response.resume();
    expect([response.statusCode, response.headers.location]).toEqual([302, location]);
    await web.stop();
    upstream.stop();
  });
}

for (const callback of [
  '/..//evil.com',
  '//evil.com',
  '/%5cevil.com',
  'http://[',
  '%',
  'javascript:alert(1)',
  '/%0d%0ax',
]) {
  test(`a bad callbackURL is not a 500: ${callback}`, async ({ system }) => {
    const port = Number(new URL(system.webUrl).port);
    const query = `token=x&callbackURL=${callback}`;
    const { status } = await get(port, `/api/auth/verify-email?${query}`);
    expect(status).toBeLessThan(500);
  });
}
