import { decodeJwt } from 'jose';
import type { Page } from '@playwright/test';
import { queryOnce } from '../../../tools/test/test-databases.js';
import { expect, expectAccessible, type TestUser, test } from './users.js';

const path = '/settings/tokens';

const tokens = (page: Page) => page.getByRole('list', { name: 'Tokens' }).getByRole('listitem');
const newToken = (page: Page) => page.getByLabel('New token');

const exchangeUrl = (webUrl: string) => `${webUrl}/api/auth/token/exchange`;

async function openForm(page: Page) {
  await page.goto(path);
  await page.getByRole('button', { name: 'New token' }).click();
}

/** Creates a token on the page, and returns its text. */
async function createToken(page: Page, { name = 'Backup script', scopes = ['tasks:read'] } = {}) {
  await openForm(page);
  await page.getByLabel('Name').fill(name);
  for (const scope of scopes) {
    await page.getByLabel(scope, { exact: true }).check();
  }
  await page.getByRole('button', { name: 'Create token' }).click();
  await expect(newToken(page)).toBeVisible();
  return newToken(page).inputValue();
}

/** Exchanges a token at the address of the web app, and calls the API with the result. */
async function callApi(webUrl: string, apiUrl: string, token: string, method = 'GET') {
  const exchanged = await fetch(exchangeUrl(webUrl), {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  });
  if (!exchanged.ok) {
    return exchanged.status;
  }
  const { token: accessToken } = (await exchanged.json()) as { token: string };
  expect(decodeJwt(accessToken)).toHaveProperty('scope');
  const headers = { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' };
  const creation = { method: 'POST', body: JSON.stringify({ title: 'From a script' }) };
  const response = await fetch(`${apiUrl}/api/tasks`, { headers, ...(method === 'POST' && creation) });
  return response.status;
}

test('a user creates a token, a script uses it, and the user revokes it', async ({ ada, system }) => {
  const { page, context } = ada;
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const token = await createToken(page);
  expect(token).toMatch(/^ntt_\w{49}$/);
  await expect(newToken(page)).toBeFocused();
  const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
  await page.getByRole('button', { name: 'Copy token' }).click();
  await expect(page.getByText('Token copied.')).toBeVisible();
  expect(await clipboard()).toBe(token);
  await page.getByRole('button', { name: 'Copy command' }).click();
  await expect(page.getByText('Command copied.')).toBeVisible();
  expect(await clipboard()).toBe(
    `curl -X POST -H "Authorization: Bearer ${token}" ${exchangeUrl(system.webUrl)}`,
  );
  await expect(tokens(page)).toContainText([/Backup script.*tasks:read.*Expires on .*, never used/]);

  const call = (method?: string) => callApi(system.webUrl, system.apiUrl, token, method);
  expect(await call()).toBe(200);
  expect(await call('POST')).toBe(403);
  await page.reload();
  await expect(tokens(page)).toContainText([/last used on/]);
  await expect(newToken(page)).toHaveCount(0);
  expect(await page.content()).not.toContain(token.slice(4, -6));
  expect(await page.evaluate(() => JSON.stringify({ ...sessionStorage, ...localStorage }))).not.toContain(
    token,
  );

  const revoke = page.getByRole('button', {
    name: `Revoke Backup script, which ends with ${token.slice(-4)}`,
  });
  await revoke.click();
  const dialog = page.getByRole('dialog', { name: `Revoke “Backup script” …${token.slice(-4)}?` });
  await expect(dialog).toContainText(/tasks:read.*last used on/);
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(revoke).toBeFocused();
  expect(await call()).toBe(200);
  await revoke.click();
  await page.getByRole('button', { name: 'Revoke token' }).click();
  await expect(page.getByText('Token revoked.')).toBeVisible();
  await expect(page.getByText('You have no tokens.')).toBeVisible();
  await expect(tokens(page)).toHaveCount(0);
  expect(await call()).toBe(401);
});

test('a new token disappears from the page when it is revoked, not when another is', async ({
  ada: { page },
}) => {
  await createToken(page, { name: 'First' });
  await createToken(page, { name: 'Second' });
  for (const [name, shown] of [
    ['First', 1],
    ['Second', 0],
  ] as const) {
    await page.getByRole('button', { name: `Revoke ${name}` }).click();
    await page.getByRole('button', { name: 'Revoke token' }).click();
    await expect(tokens(page)).toHaveCount(shown);
    await expect(newToken(page)).toHaveCount(shown);
  }
});

test('a token with tasks:write creates tasks in the account of its user', async ({ ada, bob, system }) => {
  const token = await createToken(ada.page, { scopes: ['tasks:read', 'tasks:write'] });
  expect(await callApi(system.webUrl, system.apiUrl, token, 'POST')).toBe(201);
  const titles = async (user: TestUser) =>
    ((await user.callApi('GET', '/api/tasks')).body as { items?: { title: string }[] }).items!.map(
      ({ title }) => title,
    );
  expect(await titles(ada)).toEqual(['From a script']);
  expect(await titles(bob)).toEqual([]);
});

for (const width of [390, 320]) {
  test(`a new token is visible on a phone that is ${width} pixels wide`, async ({ ada: { page } }) => {
    await page.setViewportSize({ width, height: 640 });
    for (const count of [1, 2, 3, 4]) {
      await createToken(page, { name: `Script ${count}` });
      await expect(tokens(page)).toHaveCount(count);
      await expect(newToken(page)).toBeInViewport({ ratio: 1 });
    }
    const header = await page.getByRole('banner').boundingBox();
    const field = await newToken(page).boundingBox();
    expect(field!.y).toBeGreaterThan(header!.y + header!.height);
  });
}

test('the form names its missing fields, and keeps the others', async ({ ada: { page } }) => {
  await openForm(page);
  await expect(page.getByLabel('Name')).toBeFocused();
  await expect(page.getByLabel('Expires after')).toHaveValue('90');
  await page.getByRole('button', { name: 'Create token' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'Enter a name' })).toBeVisible();
  await expect(page.getByRole('alert').filter({ hasText: 'at least one scope' })).toBeVisible();
  await expect(page.getByLabel('Name')).toBeFocused();
  await page.getByLabel('Name').fill('Backup');
  await page.getByLabel('tasks:write').check();
  await page.getByLabel('Expires after').selectOption('7 days');
  await page.getByRole('button', { name: 'Create token' }).click();
  await expect(tokens(page)).toContainText([/Backup.*tasks:write/]);
});

test('the form has the focus as soon as it opens', async ({ ada: { page } }) => {
  await page.goto(path);
  const label = await page
    .getByRole('button', { name: 'New token' })
    .evaluate(async (button: HTMLElement) => {
      button.click();
      await Promise.resolve();
      return (document.activeElement as HTMLInputElement).labels?.[0]?.textContent;
    });
  expect(label).toBe('Name');
});

test('a token is created and revoked with the keyboard', async ({ ada: { page } }) => {
  await page.goto(path);
  await page.getByRole('button', { name: 'New token' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Cancel' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'New token' })).toBeFocused();
  await page.keyboard.press('Enter');
  await page.keyboard.type('Script');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await page.keyboard.press('Enter');
  await expect(newToken(page)).toBeFocused();
  await page.getByRole('button', { name: 'Revoke Script' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Revoke token' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByText('Token revoked.')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Personal access tokens' })).toBeFocused();
});

test('a session that is older than ten minutes must sign in again', async ({ ada, system }) => {
  const { page, email } = ada;
  const notice = page.getByText('To create a token, sign in again first');
  await openForm(page);
  await page.getByLabel('Name').fill('Backup');
  await page.getByLabel('tasks:read').check();
  await expect(notice).toHaveCount(0);
  await queryOnce(
    system.databaseUrl,
    `UPDATE auth.session SET "createdAt" = now() - interval '11 minutes'
     WHERE "userId" = (SELECT id FROM auth."user" WHERE email = '${email}')`,
  );
  await page.getByRole('button', { name: 'Create token' }).click();
  await expect(page.getByText('this needs a recent sign-in')).toBeVisible();
  await openForm(page);
  await expect(notice).toBeVisible();
  await page.getByRole('button', { name: 'Sign in again' }).click();
  await expect(page).toHaveURL(`/sign-in?${new URLSearchParams({ next: path })}`);
});

test('the page shows an error while the auth server is down, and recovers', async ({ ada: { page } }) => {
  await page.route('**/api/auth/list-personal-tokens', (route) => route.abort());
  await page.goto(path);
  await expect(page.getByRole('button', { name: 'Try again' })).toBeVisible({ timeout: 30_000 });
  await page.unroute('**/api/auth/list-personal-tokens');
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('button', { name: 'New token' })).toBeVisible();
});

test('the page is accessible, and fits in 320 pixels', async ({ ada: { page, email }, system }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  const check = async (screen: string) => {
    await expectAccessible(page, screen);
    expect(await page.evaluate(() => document.documentElement.scrollWidth), screen).toBe(320);
  };
  await page.goto(path);
  await expect(page.getByRole('button', { name: 'New token' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Tokens' })).toBeInViewport({ ratio: 1 });
  await check('no tokens');
  await page.getByRole('button', { name: 'New token' }).click();
  await page.getByRole('button', { name: 'Create token' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'at least one scope' })).toBeVisible();
  await check('form with validation errors');
  await createToken(page, { name: 'x'.repeat(100), scopes: ['tasks:read', 'tasks:write'] });
  await expect(tokens(page)).toHaveCount(1);
  await check('created token');
  await queryOnce(
    system.databaseUrl,
    `UPDATE auth.personal_tokens SET expires_at = now(), last_used_at = now()
     WHERE user_id = (SELECT id FROM auth."user" WHERE email = '${email}')`,
  );
  await page.reload();
  await expect(page.getByText(/Expired on/)).toBeVisible();
  await check('expired token');
  await page.getByRole('button', { name: /^Revoke/ }).click();
  await expect(page.getByRole('button', { name: 'Revoke token' })).toBeVisible();
  await check('confirmation');
});
