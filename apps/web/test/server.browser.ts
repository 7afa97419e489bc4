import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { root } from '../../../tools/project.js';
import { parseMessage } from '../src/features/outbox/message.js';
import { expect, openTasks, row, test } from './users.js';
import { startUpstream, startWeb } from './web-server.js';

for (const path of [
  '/',
  '/sign-in',
  '/sign-up',
  '/forgot-password',
  '/reset-password?token=some',
  '/verify-email?token=some',
  '/tasks',
  '/tasks/no-such-task',
  '/settings/profile',
  '/no/such/page',
  '/_global-error',
  '/_not-found',
  '/%E0%A4%A',
  '/tasks/%E0%A4%A',
  '/tasks/%ff?filter=all',
]) {
  test(`every script has the nonce of the Content-Security-Policy: ${path}`, async ({ ada, system }) => {
    const nonces = new Set<string>();
    for (let visit = 0; visit < 2; visit++) {
      const response = await ada.context.request.get(path);
      const policy = response.headers()['content-security-policy'] ?? '';
      const nonce = /script-src 'self' 'nonce-([^']+)' 'strict-dynamic';/.exec(policy)?.[1];
      expect(nonce).toMatch(/^[\w+/]{22}==$/);
      nonces.add(nonce as string);
      expect(policy).not.toContain('unsafe-eval');
      expect(policy).toContain(`connect-src 'self' ${system.apiUrl};`);
      expect(policy).toContain("object-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).toContain("base-uri 'none'");
      expect(policy).toContain("form-action 'self'");
      const scripts = (await response.text()).match(/<script\b[^>]*>/g) ?? [];
      expect(scripts.length).toBeGreaterThan(0);
      expect(scripts.filter((script) => !script.includes(` nonce="${nonce}"`))).toEqual([]);
      expect(response.headers()).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'same-origin',
        'cross-origin-opener-policy': 'same-origin',
        'permissions-policy': expect.stringContaining('camera=()'),
      });
      expect(response.headers()['x-powered-by']).toBeUndefined();
    }
    expect(nonces.size).toBe(2);
  });
}

for (const path of ['/no/such/page', '/_global-error', '/outbox', '/settings/none']) {
  test(`returns 404 for ${path}`, async ({ ada }) => {
    expect((await ada.context.request.get(path)).status()).toBe(404);
  });
}

test('a navigation without a session leads back to its page', async ({ system }) => {
  const response = await fetch(`${system.webUrl}/settings/profile?x=a?b&_rsc`, { headers: { rsc: '1' } });
  expect(await response.text()).toContain(';/sign-in?next=%2Fsettings%2Fprofile%3Fx%3Da%253Fb;');
});

test('sends HSTS and upgrade-insecure-requests over TLS only', async ({ system }) => {
  const { url, stop } = await startWeb(system, { BETTER_AUTH_URL: 'https://tasks.example.com' });
  const headersOf = async (origin: string) => (await fetch(`${origin}/sign-in`)).headers;
  const [secure, plain] = [await headersOf(url), await headersOf(system.webUrl)];
  expect(secure.get('strict-transport-security')).toBe('max-age=31536000');
  expect(secure.get('content-security-policy')).toContain('upgrade-insecure-requests');
  expect(plain.get('strict-transport-security')).toBeNull();
  expect(plain.get('content-security-policy')).not.toContain('upgrade-insecure-requests');
  expect(await stop()).toBe(0);
});

test('extends HSTS to subdomains with HSTS_INCLUDE_SUBDOMAINS, like the servers', async ({ system }) => {
  const { url, stop } = await startWeb(system, {
    BETTER_AUTH_URL: 'https://tasks.example.com',
    HSTS_INCLUDE_SUBDOMAINS: 'true',
  });
  const { headers } = await fetch(`${url}/sign-in`);
  expect(headers.get('strict-transport-security')).toBe('max-age=31536000; includeSubDomains');
  await stop();
});

test('no page violates its Content-Security-Policy', async ({ ada, page }) => {
  const reports: string[] = [];
  for (const observed of [page, ada.page]) {
    observed.on(
      'console',
      (message) => message.text().includes('Content Security Policy') && reports.push(message.text()),
    );
  }
  await ada.createTasks(['Plan']);
  for (const path of ['/', '/sign-in', '/sign-up', '/forgot-password', '/no/such/page']) {
    await page.goto(path);
  }
  await openTasks(ada.page);
  await ada.page.getByRole('button', { name: 'Edit Plan' }).click();
  await ada.page.getByRole('button', { name: 'Open calendar' }).click();
  await expect(ada.page.getByRole('grid')).toBeVisible();
  for (const tab of ['profile', 'password', 'sessions', 'appearance', 'account']) {
    await ada.page.goto(`/settings/${tab}`);
  }
  await expect(ada.page.getByRole('heading', { name: 'Delete account' })).toBeVisible();
  expect(reports).toEqual([]);

  // Make sure that a violation would be reported.
  await ada.page.evaluate(() =>
    document.body.append(Object.assign(document.createElement('script'), { text: '1' })),
  );
  await ada.page.evaluate(() => fetch('https://example.com/').catch(() => {}));
  expect(reports.join('\n')).toContain('connect-src');
});

test('one build runs with any API and auth server URL', async ({ ada, system, browser }) => {
  await ada.createTasks(['Plan']);
  const elsewhere = await startUpstream((request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://localhost');
    const task = {
      id: 'elsewhere',
      title: 'From elsewhere',
      completed: false,
      dueAt: null,
      description: null,
    };
    const body = pathname === '/api/tasks' ? { items: [task], nextCursor: null } : { keys: ['elsewhere'] };
    response.writeHead(200, {
      'content-type': 'application/json',
      'access-control-allow-origin': '*',
      'access-control-allow-headers': 'authorization, content-type, traceparent, tracestate',
    });
    response.end(JSON.stringify(body));
  });
  const otherApi = await startWeb(system, { API_URL: elsewhere.url });
  const otherAuth = await startWeb(system, { AUTH_URL: elsewhere.url });

  for (const { web, apiUrl, authUrl } of [
    { web: otherApi, apiUrl: elsewhere.url, authUrl: system.authUrl },
    { web: otherAuth, apiUrl: system.apiUrl, authUrl: elsewhere.url },
  ]) {
    const policy = (await fetch(`${web.url}/sign-in`)).headers.get('content-security-policy');
    expect(policy).toContain(`connect-src 'self' ${apiUrl};`);
    const keys = '/.well-known/jwks.json';
    expect(await (await fetch(web.url + keys)).json()).toEqual(await (await fetch(authUrl + keys)).json());
  }

  // Cookies ignore the port: the session is valid for both web apps.
  const storageState = await ada.context.storageState();
  const context = await browser.newContext({ baseURL: otherApi.url, storageState });
  const page = await context.newPage();
  await openTasks(page);
  await expect(row(page, 'From elsewhere')).toBeVisible();
  await expect(page.getByRole('checkbox')).toHaveCount(1);
  expect(await (await context.request.get('/tasks')).text()).not.toContain(system.apiUrl);
  await context.close();
  await openTasks(ada.page);
  await expect(row(ada.page, 'Plan')).toBeVisible();

  expect(await otherApi.stop()).toBe(0);
  expect(await otherAuth.stop()).toBe(0);
  elsewhere.stop();
});

test('no control can be used before React handles its events', async ({ page, ada }) => {
  await ada.createTasks(['Plan']);
  for (const [shown, path, control] of [
    [page, '/sign-in', 'button[aria-label="Show characters"]:disabled'],
    [page, '/forgot-password', 'button[type=submit]:disabled'],
    [ada.page, '/tasks', '[inert] select'],
    [ada.page, '/settings/profile', 'button[type=submit]:disabled'],
    [ada.page, '/settings/appearance', '[inert] input[type=radio]'],
  ] as const) {
    await shown.route('**/_next/static/**/*.js', (route) => route.abort());
    await shown.goto(path);
    await expect(shown.locator(control).first(), path).toBeAttached();
    const controls = ':is(button, select, [type=search], [type=radio], [type=checkbox])';
    // The browser itself opens popovers.
    await expect(shown.locator(`${controls}:enabled:not([popovertarget], [inert] *)`), path).toHaveCount(0);
  }
});

test('page one of the list comes with the HTML, without a token', async ({ ada }) => {
  await ada.createTasks([
    { title: 'Plan', dueAt: '2020-05-04T21:30:00Z' },
    { title: 'Past', completed: true },
  ]);
  const load = async (path: string) => {
    const response = await ada.context.request.get(path, { headers: { 'sec-fetch-dest': 'document' } });
    return response.text();
  };
  const html = await load('/tasks');
  expect(html).toContain('aria-label="Edit Plan"');
  expect(html).not.toContain('Past');
  expect(html).not.toMatch(/eyJ[\w-]+\.eyJ/);
  expect(await load('/tasks?filter=done&search=pas')).toContain('aria-label="Edit Past"');

  const errors: string[] = [];
  ada.page.on('pageerror', (error) => errors.push(error.message));
  ada.page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  await openTasks(ada.page);
  await expect(row(ada.page, 'Plan')).toContainText('Overdue · 4 May 2020');
  expect(errors).toEqual([]);
});

test('the browser fetches page one if the web app can’t reach the API', async ({ ada, system, browser }) => {
  const api = await startUpstream(({ method }, response) => {
    const task = { id: 'a', title: 'From the API', completed: false, dueAt: null, description: null };
    response.writeHead(200, {
      'content-type': 'application/json',
      'access-control-allow-origin': '*',
      'access-control-allow-headers': 'authorization, content-type, traceparent, tracestate',
    });
    response.end(method === 'GET' ? JSON.stringify({ items: [task], nextCursor: null }) : '');
  });
  const web = await startWeb(system, { API_URL: api.url, API_INTERNAL_URL: 'http://localhost:1' });
  const context = await browser.newContext({
    baseURL: web.url,
    storageState: await ada.context.storageState(),
  });
  const page = await context.newPage();
  await openTasks(page);
  await expect(row(page, 'From the API')).toBeVisible();
  await context.close();
  await web.stop();
  api.stop();
});

test('the auth proxy keeps requests and responses unchanged', async ({ system }) => {
  let seen: { url?: string; headers: IncomingMessage['headers']; body: string } | undefined;
  const upstream = await startUpstream(async (request, response) => {
    seen = { url: request.url, headers: request.headers, body: await text(request) };
    response.writeHead(302, {
      location: 'https://elsewhere.test/path?a=1',
      'set-cookie': ['a=1; Path=/; HttpOnly', 'b=2; Expires=Wed, 21 Oct 2037 07:28:00 GMT'],
      'content-type': 'application/json',
      'x-own': 'yes',
      connection: 'x-hop',
      'x-hop': 'no',
    });
    response.end();
  });
  const web = await startWeb(system, { AUTH_URL: upstream.url });
  const response = await fetch(`${web.url}/api/auth/some/thing?x=%2F&y=a+b`, {
    method: 'POST',
    redirect: 'manual',
    headers: {
      origin: 'https://someone.test',
      cookie: 'c=3; d=4',
      'content-type': 'application/json',
      'user-agent': 'a browser',
      'x-forwarded-for': '203.0.113.9',
    },
    body: '{"ä":1}',
  });

  expect(seen).toMatchObject({
    url: '/api/auth/some/thing?x=%2F&y=a+b',
    body: '{"ä":1}',
    headers: {
      origin: 'https://someone.test',
      cookie: 'c=3; d=4',
      'user-agent': 'a browser',
      'content-type': 'application/json',
      host: new URL(upstream.url).host,
    },
  });
  expect(response.status).toBe(302);
  expect(response.headers.get('location')).toBe('https://elsewhere.test/path?a=1');
  expect(response.headers.getSetCookie()).toEqual([
    'a=1; Path=/; HttpOnly',
    'b=2; Expires=Wed, 21 Oct 2037 07:28:00 GMT',
  ]);
  expect(response.headers.get('x-own')).toBe('yes');
  expect(response.headers.get('x-hop')).toBeNull();
  await web.stop();
  upstream.stop();
});

test('the auth proxy streams responses, and returns 503 while the auth server is down', async ({
  system,
}) => {
  let finish: (() => void) | undefined;
  const upstream = await startUpstream((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain' });
    response.write('first');
    finish = () => response.end('last');
  });
  const web = await startWeb(system, { AUTH_URL: upstream.url });
  const response = await fetch(`${web.url}/api/auth/stream`);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  expect((await reader?.read())?.value).toBe('first');
  finish?.();
  expect((await reader?.read())?.value).toBe('last');
  upstream.stop();

  const away = await startWeb(system, { AUTH_URL: 'http://localhost:9' });
  const refused = await fetch(`${away.url}/api/auth/get-session`);
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toBe('5');
  expect(refused.headers.get('content-type')).toContain('application/problem+json');
  await Promise.all([web.stop(), away.stop()]);
});

for (const { given, named, silent } of [
  { given: {}, named: ['AUTH_URL', 'API_URL', 'BETTER_AUTH_URL'], silent: ['WEB_PORT'] },
  {
    given: {
      AUTH_URL: 'auth:3002',
      API_URL: 'https://api.example.com/v1',
      BETTER_AUTH_URL: ' ',
      WEB_PORT: 'http',
      WEB_TRUST_PROXY: '10.0.0.0/8,caddy',
    },
    named: ['AUTH_URL', 'API_URL', 'BETTER_AUTH_URL', 'WEB_PORT', 'WEB_TRUST_PROXY'],
    silent: ['auth:3002:', 'example.com/v1', 'caddy'],
  },
]) {
  test(`the start fails and lists the invalid variables: ${named.join(', ')}`, async () => {
    const start = spawn(process.execPath, ['apps/web/start.mjs'], {
      cwd: root,
      env: { PATH: process.env.PATH, ...given },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const [message, [code]] = await Promise.all([text(start.stderr), once(start, 'exit')]);
    expect(code).toBe(1);
    for (const name of named) {
      expect(message).toContain(`  ${name}: `);
    }
    for (const other of silent) {
      expect(message).not.toContain(other);
    }
  });
}

test('the outbox shows who an email is for, when it was sent, and its text', () => {
  const file = '2026-11-24T08-30-05.123Z-verify-email-a1b2c3.txt';
  const content =
    'To: ada@example.com\nSubject: Confirm your email\n\nHello,\n\nhttps://example.com/?token=a\n';
  expect(parseMessage(file, content)).toEqual({
    file,
    to: 'ada@example.com',
    subject: 'Confirm your email',
    sentAt: '2026-11-24T08:30:05.123Z',
    text: 'Hello,\n\nhttps://example.com/?token=a\n',
  });
});
