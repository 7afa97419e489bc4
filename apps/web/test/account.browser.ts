import type { Locator } from '@playwright/test';
import { expect, newAccount, openTasks, row, signIn, signOut, test } from './people.js';

test('a person signs up, and writes a first task', async ({ page }) => {
  const account = newAccount('Ada');
  await page.goto('/');
  await page.getByRole('button', { name: 'Sign up' }).click();
  await page.getByLabel('Name').fill(account.name);
  await page.getByLabel('E-mail').fill(account.email);
  await page.getByLabel('Password').fill(account.password);
  await page.getByRole('button', { name: 'Sign up' }).click();

  await page.waitForURL('/tasks');
  await expect(page.getByText('Nothing to do yet')).toBeVisible();
  await page.getByRole('textbox', { name: 'New task' }).fill('Buy milk');
  await page.keyboard.press('Enter');
  await expect(row(page, 'Buy milk')).toBeVisible();
  await page.reload();
  await expect(row(page, 'Buy milk')).toBeVisible();
});

test('the buttons of the start page lead on: pressed with Enter, with Space, and where no script runs', async ({
  browser,
  system,
}) => {
  const press = (key: string) => async (button: Locator) => {
    await button.focus();
    await button.press(key);
  };
  const ways = [
    { javaScriptEnabled: true, go: press('Enter') },
    { javaScriptEnabled: true, go: press('Space') },
    { javaScriptEnabled: false, go: (button: Locator) => button.click() },
  ];
  for (const { javaScriptEnabled, go } of ways) {
    const context = await browser.newContext({ baseURL: system.webUrl, javaScriptEnabled });
    const page = await context.newPage();
    for (const [name, address] of [
      ['Sign up', '/sign-up'],
      ['Sign in', '/sign-in'],
    ] as const) {
      await page.goto('/', { waitUntil: 'networkidle' });
      await go(page.getByRole('button', { name }));
      await expect(page).toHaveURL(address);
      await expect(page.getByLabel('Password')).toBeVisible();
    }
    await context.close();
  }
});

test('sign-up says what is wrong with a name, an e-mail and a password', async ({ page, ada }) => {
  await page.goto('/sign-up');
  await page.getByRole('button', { name: 'Sign up' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'your name' })).toBeVisible();
  await expect(page.getByRole('alert').filter({ hasText: 'e-mail address' })).toBeVisible();
  await expect(page.getByRole('alert').filter({ hasText: 'at least 8' })).toBeVisible();

  await page.getByLabel('Name').fill('Eve');
  await page.getByLabel('E-mail').fill(ada.email);
  await page.getByLabel('Password').fill('short');
  await page.getByRole('button', { name: 'Sign up' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'at least 8' })).toBeVisible();

  await page.getByLabel('Password').fill('long enough now');
  await page.getByRole('button', { name: 'Sign up' }).click();
  await expect(
    page.getByRole('alert').filter({ hasText: 'an account with this e-mail already' }),
  ).toBeVisible();
  await expect(page.getByLabel('E-mail')).toBeFocused();
  await expect(page.getByLabel('Name')).toHaveValue('Eve');
});

test('a wrong password is refused, the right one leads to the page that was asked for', async ({
  page,
  ada,
}) => {
  await page.goto('/tasks?filter=done');
  await expect(page).toHaveURL('/sign-in?next=%2Ftasks%3Ffilter%3Ddone');
  await page.getByLabel('E-mail').fill(ada.email);
  await page.getByLabel('Password').fill('not the password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'wrong' })).toBeVisible();

  await page.getByLabel('Password').fill(ada.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL('/tasks?filter=done');
  await expect(page.getByRole('link', { name: 'Done' })).toHaveAttribute('aria-current', 'page');
});

for (const elsewhere of [
  'https://example.com/',
  '//example.com',
  '/\\example.com',
  '/.//example.com',
  '/\t/example.com',
  'javascript:alert(1)',
]) {
  test(`sign-in leads to no other place: ${JSON.stringify(elsewhere)}`, async ({ page, ada, system }) => {
    await page.goto(`/sign-in?${new URLSearchParams({ next: elsewhere })}`);
    await signIn(page, ada);
    await page.waitForURL(`${system.webUrl}/tasks`);
  });
}

test('an e-mail is verified by the link in the message, and by no other', async ({ page, system }) => {
  const account = newAccount('Ada');
  await page.goto('/sign-up');
  await page.getByLabel('Name').fill(account.name);
  await page.getByLabel('E-mail').fill(account.email);
  await page.getByLabel('Password').fill(account.password);
  await page.getByRole('button', { name: 'Sign up' }).click();
  await page.waitForURL('/tasks');

  await page.goto('/verify-email?token=bad');
  await expect(page.getByRole('alert').filter({ hasText: 'expired' })).toBeVisible();
  await page.goto('/settings/profile');
  await expect(page.getByText('not verified yet')).toBeVisible();
  await page.getByRole('button', { name: 'Send the message again' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'on its way' })).toBeVisible();

  const { link } = await system.mailTo(account.email, /Confirm your e-mail/);
  await page.goto(link);
  await expect(page.getByRole('status').filter({ hasText: 'is verified' })).toBeVisible();
  await page.goto('/settings/profile');
  await expect(page.getByLabel('Name')).toHaveValue(account.name);
  await expect(page.getByText('not verified yet')).toHaveCount(0);
});

test('where an e-mail is to be verified first, sign-up and sign-in say so until the link was followed', async ({
  page,
  system,
}) => {
  await system.auth.stop();
  await system.auth.start({ REQUIRE_EMAIL_VERIFICATION: 'true' });
  const account = newAccount('Ada');
  await page.goto('/sign-up');
  await page.getByLabel('Name').fill(account.name);
  await page.getByLabel('E-mail').fill(account.email);
  await page.getByLabel('Password').fill(account.password);
  await page.getByRole('button', { name: 'Sign up' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Almost there' })).toContainText(account.email);

  await page.goto('/tasks');
  await expect(page).toHaveURL('/sign-in?next=%2Ftasks');
  await signIn(page, account);
  await expect(page.getByRole('alert').filter({ hasText: 'verify your e-mail first' })).toBeVisible();
  await page.getByRole('button', { name: 'Send the message again' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'on its way' })).toBeVisible();

  const { link } = await system.mailTo(account.email, /Confirm your e-mail/);
  await page.goto(link);
  await expect(page.getByRole('status').filter({ hasText: 'is verified' })).toBeVisible();
  await page.getByRole('link', { name: 'Go to sign-in' }).click();
  await page.waitForURL('/sign-in');
  await signIn(page, account);
  await page.waitForURL('/tasks');
  await system.auth.stop();
  await system.auth.start();
});

test('a forgotten password is replaced through the message, once', async ({ page, ada, system }) => {
  await openTasks(ada.page);
  await page.goto('/sign-in');
  await page.getByRole('link', { name: 'Forgot your password?' }).click();
  await page.waitForURL('/forgot-password');
  await page.getByLabel('E-mail').fill(ada.email);
  await page.getByRole('button', { name: 'Send a reset link' }).click();
  const answer = page.getByRole('status').filter({ hasText: 'has an account' });
  await expect(answer).toContainText(ada.email);

  const { link } = await system.mailTo(ada.email, /Choose a new password/);
  await page.goto(link);
  await page.getByLabel('New password').fill('another good one');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'new password is set' })).toBeVisible();

  await page.getByRole('link', { name: 'Go to sign-in' }).click();
  await page.getByLabel('E-mail').fill(ada.email);
  await page.getByLabel('Password').fill('another good one');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL('/tasks');

  await page.goto(link);
  await page.getByLabel('New password').fill('a third good one');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'expired or was used' })).toBeVisible();

  // The reset has ended the session that was there before.
  await ada.page.reload();
  await expect(ada.page).toHaveURL(/\/sign-in\?next=/);
});

test('a reset says the same for an e-mail without an account', async ({ page }) => {
  const { email } = newAccount('Nobody');
  await page.goto('/forgot-password');
  await page.getByLabel('E-mail').fill(email);
  await page.getByRole('button', { name: 'Send a reset link' }).click();
  await expect(page.getByRole('status').filter({ hasText: `If ${email} has an account` })).toBeVisible();
});

test('a name is changed in the profile', async ({ ada: { page } }) => {
  await page.goto('/settings/profile');
  await page.getByLabel('Name').fill('Grace Hopper');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'profile is saved' })).toBeVisible();
  await page.getByRole('button', { name: 'Account' }).click();
  await expect(page.getByText('Grace Hopper')).toBeVisible();
});

test('a password is changed with the current one alone, which ends the other sessions', async ({
  ada,
  page: elsewhere,
}) => {
  const { page } = ada;
  await elsewhere.goto('/sign-in');
  await signIn(elsewhere, ada);
  await elsewhere.waitForURL('/tasks');
  await page.goto('/settings/password');
  await page.getByLabel('Current password').fill('not this one');
  await page.getByLabel('New password').fill('another good one');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'not your current password' })).toBeVisible();

  await page.getByLabel('Current password').fill(ada.password);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'new password is set' })).toBeVisible();
  await openTasks(page);
  await elsewhere.reload();
  await expect(elsewhere).toHaveURL('/sign-in?next=%2Ftasks');
});

test('a session that is over while a setting is changed leads to sign-in, and back to what was typed', async ({
  ada,
}) => {
  const { page } = ada;
  await page.goto('/settings/profile');
  await page.getByLabel('Name').fill('Half a na');
  await ada.context.clearCookies();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page).toHaveURL('/sign-in?next=%2Fsettings%2Fprofile');
  await signIn(page, ada);
  await expect(page).toHaveURL('/settings/profile');
  await expect(page.getByLabel('Name')).toHaveValue('Half a na');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'profile is saved' })).toBeVisible();
  await page.reload();
  await expect(page.getByLabel('Name')).toHaveValue('Half a na');
});

for (const { address, press } of [
  { address: '/settings/password', press: 'Save' },
  { address: '/settings/account', press: 'Delete account' },
  { address: '/settings/sessions', press: 'Sign out all other sessions' },
]) {
  test(`a session that is over leads from ${address} to sign-in`, async ({ ada, page: elsewhere }) => {
    const { page } = ada;
    await elsewhere.goto('/sign-in');
    await signIn(elsewhere, ada);
    await elsewhere.waitForURL('/tasks');
    await page.goto(address);
    const button = page.getByRole('button', { name: press });
    await expect(button).toBeEnabled();
    await ada.context.clearCookies();
    for (const field of await page.getByLabel('password').all()) {
      await field.fill(ada.password);
    }
    if (address === '/settings/account') {
      await page.getByLabel('to confirm').fill('delete');
    }
    await button.click();
    await expect(page).toHaveURL(`/sign-in?${new URLSearchParams({ next: address })}`);
    // The password was not kept for the way back.
    expect(await page.evaluate(() => JSON.stringify({ ...sessionStorage }))).not.toContain(ada.password);
  });
}

test('a sign-out that the auth server does not hear of is said to have failed', async ({ ada, system }) => {
  const { page } = ada;
  await openTasks(page);
  await system.auth.stop();
  await signOut(page);
  await expect(page.getByRole('alert').filter({ hasText: 'You are still signed in' })).toBeVisible();
  await expect(page).toHaveURL('/tasks');
  await system.auth.start();
  await page.reload();
  await expect(page).toHaveURL('/tasks');
});

test('after sign-out, the back button shows nothing of the list', async ({ ada }) => {
  const { page } = ada;
  await ada.createTasks(['A secret']);
  await openTasks(page);
  await expect(row(page, 'A secret')).toBeVisible();
  await signOut(page);
  await page.waitForURL('/sign-in');
  await page.goBack();
  await expect(page).toHaveURL('/sign-in?next=%2Ftasks');
  await expect(page.getByText('A secret')).toHaveCount(0);
});

test('sessions elsewhere are listed and ended', async ({ ada, browser }) => {
  const elsewhere = [];
  for (let device = 0; device < 3; device++) {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto('/sign-in');
    await signIn(page, ada);
    await page.waitForURL('/tasks');
    elsewhere.push(page);
  }

  await ada.page.goto('/settings/sessions');
  const sessions = ada.page.getByRole('list', { name: 'Sessions' }).getByRole('listitem');
  await expect(sessions).toHaveCount(4);
  await expect(sessions.filter({ hasText: 'This device' })).toHaveCount(1);
  await ada.page.getByRole('button', { name: 'End session' }).first().click();
  await expect(sessions).toHaveCount(3);
  await ada.page.getByRole('button', { name: 'Sign out all other sessions' }).click();
  await expect(sessions).toHaveCount(1);

  for (const page of elsewhere) {
    await page.reload();
    await expect(page).toHaveURL(/\/sign-in/);
    await page.context().close();
  }
  await openTasks(ada.page);
});

test('an account is deleted with its tasks, after two confirmations', async ({ ada, page }) => {
  const [task] = await ada.createTasks(['Goes with it']);
  const statusOfTask = await ada.statusOf(task?.id as string);
  await ada.page.goto('/settings/account');
  await ada.page.getByLabel('Current password').fill(ada.password);
  await ada.page.getByRole('button', { name: 'Delete account' }).click();
  await expect(ada.page.getByRole('alert').filter({ hasText: 'Please type' })).toBeVisible();

  await ada.page.getByLabel('to confirm').fill('delete');
  await ada.page.getByLabel('Current password').fill('not this one');
  await ada.page.getByRole('button', { name: 'Delete account' }).click();
  await expect(ada.page.getByRole('alert').filter({ hasText: 'not your current password' })).toBeVisible();
  expect(await statusOfTask()).toBe(200);

  await ada.page.getByLabel('Current password').fill(ada.password);
  await ada.page.getByRole('button', { name: 'Delete account' }).click();
  await ada.page.waitForURL('/');
  await expect.poll(statusOfTask).toBe(404);

  await page.goto('/sign-in');
  await signIn(page, ada);
  await expect(page.getByRole('alert').filter({ hasText: 'wrong' })).toBeVisible();
});

test('the start page leads a signed-in person to the tasks, and sign-out away from them', async ({
  ada: { page },
}) => {
  await page.goto('/');
  await expect(page).toHaveURL('/tasks');
  await signOut(page);
  await page.waitForURL('/sign-in');
  await page.goto('/tasks');
  await expect(page).toHaveURL('/sign-in?next=%2Ftasks');
});
