import type { Page } from '@playwright/test';
import { appName } from '../src/app-name.js';
import { queryOnce } from '../../../tools/test/test-databases.js';
import { expect, expectAccessible, expectPresentable, signIn, test, type TestUser } from './users.js';

const makeAdmin = (databaseUrl: string, { email }: TestUser) =>
  queryOnce(databaseUrl, `UPDATE auth."user" SET roles = '["admin"]' WHERE email = '${email}'`);

test.afterEach(({ system }) => queryOnce(system.databaseUrl, 'UPDATE auth."user" SET roles = NULL'));

const userRow = (page: Page, { email }: TestUser) =>
  page.getByRole('list', { name: 'Users' }).getByRole('listitem').filter({ hasText: email });

async function openUsers({ page }: TestUser) {
  await page.goto('/admin/users');
  await expect(page.getByRole('list', { name: 'Users' })).toBeVisible();
}

async function openAuditLog({ page }: TestUser) {
  await page.goto('/admin/users');
  await page.getByRole('link', { name: 'Audit log' }).click();
  await expect(page).toHaveURL('/admin/audit-log');
}

const auditEntries = (page: Page) => page.getByRole('list', { name: 'Audit log' }).getByRole('listitem');

async function openDialog(page: Page, user: TestUser) {
  await page.getByRole('button', { name: `Manage ${user.email}` }).click();
  await expect(page.getByRole('dialog')).toContainText(user.email);
}

/** Does an action in the dialog of a user, without the fields that only some actions have. */
async function perform(page: Page, user: TestUser, action: string) {
  await openDialog(page, user);
  await page.getByRole('button', { name: action }).click();
  await page.getByLabel('Reason').fill(`because of ${action}`);
  await page.getByRole('button', { name: action }).click();
}

test('only administrators see the pages and the link to them', async ({ ada, bob, page, system }) => {
  await makeAdmin(system.databaseUrl, ada);
  await ada.page.goto('/tasks');
  await ada.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Users' }).click();
  await expect(ada.page.getByRole('heading', { name: 'Users', exact: true })).toBeVisible();

  await bob.page.goto('/tasks');
  await expect(bob.page.getByRole('link', { name: 'Tasks' })).toBeVisible();
  await expect(bob.page.getByRole('link', { name: 'Users' })).toHaveCount(0);
  for (const path of ['/admin/users', '/admin/audit-log']) {
    expect((await bob.page.goto(path))?.status()).toBe(404);
    await expect(bob.page.getByRole('main').getByRole('heading', { name: 'Page not found' })).toBeVisible();
    await expect(bob.page.getByRole('main')).toHaveCount(1);
    await expect(bob.page).toHaveTitle(`Page not found · ${appName}`);
    await expectAccessible(bob.page, path);
  }

  await page.goto('/admin/users');
  await expect(page).toHaveURL('/sign-in?next=%2Fadmin%2Fusers');
});

test('an administrator bans a user, who learns why at the sign-in, and ends the ban', async ({
  ada,
  bob,
  system,
}) => {
  await makeAdmin(system.databaseUrl, ada);
  await openUsers(ada);
  await openDialog(ada.page, bob);
  await ada.page.getByRole('button', { name: 'Ban user' }).click();
  await ada.page.getByRole('button', { name: 'Ban user' }).click();
  await expect(ada.page.getByRole('alert').filter({ hasText: 'Enter a reason' })).toBeVisible();
  await ada.page.getByLabel('Reason').fill('Sends spam');
  await ada.page.getByLabel('Until').fill('2020-01-01T00:00');
  await ada.page.getByRole('button', { name: 'Ban user' }).click();
  await expect(ada.page.getByRole('alert').filter({ hasText: 'in the future' })).toBeVisible();
  await ada.page.getByLabel('Until').fill('2100-01-02T12:00');
  await ada.page.keyboard.press('Enter');
  await expect(ada.page.getByRole('status').filter({ hasText: `${bob.email} is banned.` })).toBeVisible();
  await expect(ada.page.getByRole('button', { name: `Manage ${bob.email}` })).toBeFocused();
  await expect(userRow(ada.page, bob)).toContainText('Banned until 2 Jan 2100, 12:00');

  await bob.page.goto('/tasks');
  await expect(bob.page).toHaveURL(/\/sign-in/);
  await signIn(bob.page, bob);
  await expect(
    bob.page
      .getByRole('alert')
      .filter({ hasText: /This account is banned until 2100-01-0\d \d\d:\d\d UTC\./ }),
  ).toBeVisible();

  await perform(ada.page, bob, 'End ban');
  await expect(userRow(ada.page, bob)).not.toContainText('Banned');
  await signIn(bob.page, bob);
  await bob.page.waitForURL('/tasks');

  await openAuditLog(ada);
  await expect(auditEntries(ada.page).nth(0)).toContainText(`${ada.email} ended the ban of ${bob.email}`);
  await expect(auditEntries(ada.page).nth(1)).toContainText(
    `${ada.email} banned ${bob.email} until 2 Jan 2100`,
  );
  await expect(auditEntries(ada.page).nth(1)).toContainText('Reason: Sends spam');
});

test('the sign-in page explains a ban after a sign-in with a provider, and shows no other text', async ({
  page,
}) => {
  const show = (description: string) =>
    page.goto(`/sign-in?${new URLSearchParams({ error: 'BANNED_USER', error_description: description })}`);
  const alert = page.getByRole('main').getByRole('alert');
  await show('This account is banned until 2100-01-02 12:00 UTC.');
  await expect(alert).toHaveText('This account is banned until 2100-01-02 12:00 UTC.');
  await show('Call 555-0100 to unlock your account.');
  await expect(alert).toHaveText('This account is banned.');
});

test('an administrator verifies, signs out, promotes and deletes a user', async ({ ada, bob, system }) => {
  await makeAdmin(system.databaseUrl, ada);
  await openUsers(ada);
  await expect(userRow(ada.page, bob)).toContainText('Email not verified');
  await openDialog(ada.page, bob);
  await expect(ada.page.getByRole('button', { name: 'Verify email address' })).toBeVisible();
  await expect(ada.page.getByRole('button', { name: 'Make administrator' })).toHaveCount(0);
  await ada.page.keyboard.press('Escape');
  await perform(ada.page, bob, 'Verify email address');
  await expect(userRow(ada.page, bob)).not.toContainText('not verified');

  await perform(ada.page, bob, 'Sign out everywhere');
  await expect(ada.page.getByRole('dialog')).toHaveCount(0);
  await bob.page.goto('/tasks');
  await expect(bob.page).toHaveURL(/\/sign-in/);

  await perform(ada.page, bob, 'Make administrator');
  await expect(userRow(ada.page, bob)).toContainText('Administrator');
  await perform(ada.page, bob, 'Remove administrator role');
  await expect(userRow(ada.page, bob)).not.toContainText('Administrator');

  await perform(ada.page, bob, 'Delete user');
  await expect(ada.page.getByRole('alert').filter({ hasText: 'Type “delete”' })).toBeVisible();
  await ada.page.getByLabel('to confirm').fill('delete');
  await ada.page.getByRole('button', { name: 'Delete user' }).click();
  await expect(userRow(ada.page, bob)).toHaveCount(0);
  await expect(ada.page.getByRole('heading', { name: 'Users', exact: true })).toBeFocused();
  await openAuditLog(ada);
  await expect(auditEntries(ada.page).first()).toContainText(`deleted ${bob.email}`);
});

test('the focus follows the steps of the dialog', async ({ ada, bob, system }) => {
  await makeAdmin(system.databaseUrl, ada);
  await openUsers(ada);
  await openDialog(ada.page, bob);
  await ada.page.getByRole('button', { name: 'Ban user' }).click();
  await expect(ada.page.getByLabel('Reason')).toBeFocused();
  await ada.page.getByRole('button', { name: 'Back' }).click();
  await expect(ada.page.getByRole('button', { name: 'Ban user' })).toBeFocused();
});

test('administrators delete their own account only in the settings', async ({ ada, bob, system }) => {
  await makeAdmin(system.databaseUrl, ada);
  await openUsers(ada);
  await expect(userRow(ada.page, ada)).toContainText('This is your account.');
  await expect(userRow(ada.page, bob)).not.toContainText('This is your account.');
  await openDialog(ada.page, ada);
  await expect(ada.page.getByRole('button', { name: 'Sign out everywhere' })).toBeVisible();
  await expect(ada.page.getByRole('button', { name: 'Delete user' })).toHaveCount(0);
  await ada.page.getByRole('dialog').getByRole('link', { name: 'settings' }).click();
  await expect(ada.page).toHaveURL('/settings/account');
});

test('the last administrator can’t be removed, and one who removes the own role leaves the page', async ({
  ada,
  bob,
  system,
}) => {
  await makeAdmin(system.databaseUrl, ada);
  await openUsers(ada);
  await perform(ada.page, ada, 'Remove administrator role');
  await expect(ada.page.getByRole('alert').filter({ hasText: 'the last administrator' })).toBeVisible();

  await makeAdmin(system.databaseUrl, bob);
  await ada.page.getByRole('button', { name: 'Remove administrator role' }).click();
  await expect(ada.page.getByRole('heading', { name: 'Page not found' })).toBeVisible();
});

test('a page that was open when the role was removed shows no further users', async ({
  ada,
  bob,
  system,
}) => {
  await makeAdmin(system.databaseUrl, ada);
  await openUsers(ada);
  await queryOnce(system.databaseUrl, 'UPDATE auth."user" SET roles = NULL');
  await perform(ada.page, bob, 'Sign out everywhere');
  const alert = ada.page.getByRole('alert').filter({ hasText: 'You’re no longer an administrator.' });
  await expect(alert).toBeVisible();
  await ada.page.keyboard.press('Escape');
  await ada.page.getByRole('searchbox', { name: 'Search users' }).fill(bob.email);
  await expect(alert).toBeVisible();
});

test('a change needs a recent sign-in, which leads back to the page', async ({ ada, bob, system }) => {
  await makeAdmin(system.databaseUrl, ada);
  await queryOnce(system.databaseUrl, `UPDATE auth.session SET "createdAt" = now() - INTERVAL '11 minutes'`);
  await openUsers(ada);
  await openDialog(ada.page, bob);
  const signInAgain = ada.page.getByRole('button', { name: 'Sign in again' });
  await expect(signInAgain).toBeVisible();
  await ada.page.keyboard.press('Escape');
  await perform(ada.page, bob, 'Sign out everywhere');
  await signInAgain.click();
  await signIn(ada.page, ada);
  await expect(ada.page).toHaveURL('/admin/users');
});

test('an administrator searches users, and loads more', async ({ ada, bob, system }) => {
  await makeAdmin(system.databaseUrl, ada);
  await queryOnce(
    system.databaseUrl,
    `INSERT INTO auth."user" (id, name, email, "emailVerified", "createdAt", "updatedAt")
     SELECT 'many-' || n, 'Many', 'many-' || n || '@example.com', true, '2020-01-01', now()
     FROM generate_series(1, 60) AS n`,
  );
  await openUsers(ada);
  await ada.page.getByRole('searchbox', { name: 'Search users' }).fill('many-');
  const rows = ada.page.getByRole('list', { name: 'Users' }).getByRole('listitem');
  await expect(userRow(ada.page, bob)).toHaveCount(0);
  await expect(rows).toHaveCount(50);
  await ada.page.getByRole('button', { name: 'Show more' }).click();
  await expect(rows).toHaveCount(60);
  await expect(ada.page).toHaveURL('/admin/users?search=many-');
  await ada.page.getByRole('searchbox', { name: 'Search users' }).fill('nobody');
  await expect(ada.page.getByText('No email address or name begins with “nobody”.')).toBeVisible();
  await queryOnce(system.databaseUrl, `DELETE FROM auth."user" WHERE name = 'Many'`);
});

test('the pages are accessible, and fit a width of 320 pixels', async ({ ada, bob, system }) => {
  test.slow();
  const { page } = ada;
  await makeAdmin(system.databaseUrl, ada);
  await openUsers(ada);
  await perform(page, bob, 'Verify email address');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  const screens: [string, () => Promise<unknown>][] = [
    [
      'audit log',
      async () => {
        await openAuditLog(ada);
        await expect(auditEntries(page).first()).toBeVisible();
      },
    ],
    ['list', () => openUsers(ada)],
    ['dialog', () => openDialog(page, bob)],
    ['ban', () => page.getByRole('button', { name: 'Ban user' }).click()],
    ['ban without a reason', () => page.getByRole('button', { name: 'Ban user' }).click()],
  ];
  for (const [screen, show] of screens) {
    await show();
    await expectPresentable(page, screen);
  }
});
