import type { Page } from '@playwright/test';
import pg from 'pg';
import { appName } from '../src/app-name.js';
import type { System } from './system.js';
import { expect, expectAccessible, newAccount, signIn, test, type TestUser } from './users.js';

/** Verifies the address of a user through the link in the email. */
async function verify({ page, email }: TestUser, system: System) {
  const { link } = await system.mailTo(email, /\/verify-email\?/);
  await page.goto(link);
  await expect(page.getByRole('status').filter({ hasText: 'is verified' })).toBeVisible();
}

async function requestChange(page: Page, newEmail: string, password: string) {
  await page.goto('/settings/profile');
  await page.getByRole('button', { name: 'Change email' }).click();
  await expect(page.getByLabel('New email')).toBeFocused();
  await page.getByLabel('New email').fill(newEmail);
  await page.getByLabel('Current password').fill(password);
  await page.getByRole('button', { name: 'Send link' }).click();
}

const sent = (page: Page) => page.getByRole('status').filter({ hasText: 'We’ve emailed a link' });

test('a user changes their email address with the link in the email', async ({ ada, system, page }) => {
  const { email: newEmail } = newAccount('Ada');
  await verify(ada, system);
  await requestChange(ada.page, ada.email, ada.password);
  await expect(ada.page.getByRole('alert').filter({ hasText: 'already your email address' })).toBeVisible();
  await requestChange(ada.page, newEmail, 'not this one');
  await expect(ada.page.getByRole('alert').filter({ hasText: 'isn’t your current password' })).toBeVisible();
  await ada.page.getByLabel('Current password').fill(ada.password);
  await ada.page.getByRole('button', { name: 'Send link' }).click();
  await expect(sent(ada.page)).toContainText(newEmail);
  await expect(ada.page.getByLabel('Email')).toHaveValue(ada.email);

  const { link } = await system.mailTo(newEmail, /\/confirm-email-change\?/);
  await ada.page.goto(link);
  await ada.page.getByRole('button', { name: 'Confirm new address' }).click();
  await expect(ada.page.getByRole('status').filter({ hasText: 'is confirmed' })).toBeVisible();
  await ada.page.getByRole('link', { name: 'Go to your tasks' }).click();
  await ada.page.waitForURL('/tasks');
  await ada.page.goto('/settings/profile');
  await expect(ada.page.getByLabel('Email')).toHaveValue(newEmail);
  await expect(ada.page.getByText('isn’t verified yet')).toHaveCount(0);

  await page.goto('/sign-in');
  await signIn(page, { email: newEmail, password: ada.password });
  await page.waitForURL('/tasks');

  await ada.page.goto(link);
  await ada.page.getByRole('button', { name: 'Confirm new address' }).click();
  await expect(ada.page.getByRole('alert').filter({ hasText: 'has expired' })).toBeVisible();
});

test('the old address restores the account with a new password', async ({ ada, system, page }) => {
  const { email: newEmail } = newAccount('Eve');
  await verify(ada, system);
  await requestChange(ada.page, newEmail, ada.password);
  await expect(sent(ada.page)).toBeVisible();
  await ada.page.goto((await system.mailTo(newEmail, /\/confirm-email-change\?/)).link);
  await ada.page.getByRole('button', { name: 'Confirm new address' }).click();
  await expect(ada.page.getByRole('status').filter({ hasText: 'is confirmed' })).toBeVisible();

  await page.goto((await system.mailTo(ada.email, /\/restore-email\?/)).link);
  await page.getByRole('button', { name: 'Keep this address' }).click();
  await page.waitForURL(/\/reset-password\?/);
  await page.getByLabel('New password').fill('another good one');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Password changed' })).toBeVisible();

  await ada.page.goto('/settings/profile');
  await expect(ada.page).toHaveURL('/sign-in?next=%2Fsettings%2Fprofile');
  await signIn(ada.page, { email: newEmail, password: ada.password });
  await expect(ada.page.getByRole('alert').filter({ hasText: 'Wrong email or password' })).toBeVisible();
  await signIn(ada.page, { email: ada.email, password: 'another good one' });
  await expect(ada.page).toHaveURL('/settings/profile');
  await expect(ada.page.getByLabel('Email')).toHaveValue(ada.email);
});

test('a link in an email changes nothing when a program opens it', async ({ ada, system, page }) => {
  const { email: newEmail } = newAccount('Ada');
  await verify(ada, system);
  await requestChange(ada.page, newEmail, ada.password);
  for (const [address, pattern, button] of [
    [newEmail, /\/confirm-email-change\?/, 'Confirm new address'],
    [ada.email, /\/restore-email\?/, 'Keep this address'],
  ] as const) {
    const { link } = await system.mailTo(address, pattern);
    const posts: string[] = [];
    page.on('request', (request) => request.method() === 'POST' && posts.push(request.url()));
    await page.goto(link, { waitUntil: 'networkidle' });
    await expect(page.getByRole('button', { name: button })).toBeVisible();
    expect(posts).toEqual([]);
  }
  await ada.page.goto('/settings/profile');
  await expect(ada.page.getByLabel('Email')).toHaveValue(ada.email);
});

test('a change to an address with an account shows the same message', async ({ ada, bob }) => {
  await requestChange(ada.page, bob.email, ada.password);
  await expect(sent(ada.page)).toContainText(bob.email);
});

test('a user without a password signs in again before the change', async ({ ada, system }) => {
  const db = new pg.Client({ connectionString: system.databaseUrl });
  await db.connect();
  await db.query(
    `UPDATE auth.account SET "providerId" = 'google', password = NULL
     WHERE "userId" = (SELECT id FROM auth."user" WHERE email = $1)`,
    [ada.email],
  );
  await db.query(
    `UPDATE auth.session SET "createdAt" = now() - INTERVAL '1 hour'
     WHERE "userId" = (SELECT id FROM auth."user" WHERE email = $1)`,
    [ada.email],
  );
  await db.end();
  await ada.page.goto('/settings/profile');
  await ada.page.getByRole('button', { name: 'Change email' }).click();
  await expect(ada.page.getByLabel('Current password')).toHaveCount(0);
  await ada.page.getByLabel('New email').fill(newAccount('Ada').email);
  await ada.page.getByRole('button', { name: 'Send link' }).click();
  await expect(ada.page.getByRole('alert').filter({ hasText: 'needs a recent sign-in' })).toBeVisible();
  await expectAccessible(ada.page, 'a recent sign-in is needed');
  await ada.page.getByRole('button', { name: 'Sign in again' }).click();
  await expect(ada.page).toHaveURL('/sign-in?next=%2Fsettings%2Fprofile');
});

test('emails are accessible, fit on a phone, load nothing and follow the theme', async ({
  ada,
  system,
  browser,
}) => {
  const { html } = await system.mailTo(ada.email, /\/verify-email\?/);
  const page = await browser.newPage({ viewport: { width: 320, height: 640 } });
  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  await page.setContent(html);
  await expectAccessible(page, 'email');
  await expect(page.getByText(appName, { exact: true })).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
  for (const [colorScheme, color] of [
    ['light', 'rgb(250, 250, 249)'],
    ['dark', 'rgb(18, 18, 20)'],
  ] as const) {
    await page.emulateMedia({ colorScheme });
    await expect(page.locator('body')).toHaveCSS('background-color', color);
  }
  expect(requests).toEqual([]);
  await page.close();
});
