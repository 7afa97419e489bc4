import type { Locator } from '@playwright/test';
import { expect, newAccount, openTasks, row, signIn, signOut, test } from './users.js';

test('a new user signs up and adds a task', async ({ page }) => {
  const account = newAccount('Ada');
  await page.goto('/');
  await page.getByRole('link', { name: 'Sign up' }).click();
  await page.getByLabel('Name').fill(account.name);
  await page.getByLabel('Email').fill(account.email);
  await page.getByLabel('Password').fill(account.password);
  await page.getByRole('button', { name: 'Sign up' }).click();

  await page.waitForURL('/tasks');
  await expect(page.getByText('No open tasks')).toBeVisible();
  await page.getByRole('textbox', { name: 'New task' }).fill('Buy milk');
  await page.keyboard.press('Enter');
  await expect(row(page, 'Buy milk')).toBeVisible();
  await page.reload();
  await expect(row(page, 'Buy milk')).toBeVisible();
});

test('the start page links to sign-up and sign-in, with the keyboard and without JavaScript', async ({
  browser,
  system,
}) => {
  const pressEnter = async (link: Locator) => {
    await link.focus();
    await link.press('Enter');
  };
  const ways = [
    { javaScriptEnabled: true, follow: pressEnter },
    { javaScriptEnabled: true, follow: (link: Locator) => link.click() },
    { javaScriptEnabled: false, follow: (link: Locator) => link.click() },
  ];
  for (const { javaScriptEnabled, follow } of ways) {
    const context = await browser.newContext({ baseURL: system.webUrl, javaScriptEnabled });
    const page = await context.newPage();
    for (const [name, address] of [
      ['Sign up', '/sign-up'],
      ['Sign in', '/sign-in'],
    ] as const) {
      await page.goto('/', { waitUntil: 'networkidle' });
      await follow(page.getByRole('link', { name }));
      await expect(page).toHaveURL(address);
      await expect(page.getByLabel('Password')).toBeVisible();
    }
    await context.close();
  }
});

test('sign-up shows an error for an invalid name, email and password, and for an email with an account', async ({
  page,
  ada,
}) => {
  await page.goto('/sign-up');
  await page.getByRole('button', { name: 'Sign up' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'your name' })).toBeVisible();
  await expect(page.getByRole('alert').filter({ hasText: 'email address' })).toBeVisible();
  await expect(page.getByRole('alert').filter({ hasText: 'at least 8' })).toBeVisible();
  await expect(page.getByLabel('Name')).toBeFocused();

  await page.getByLabel('Name').fill('Eve');
  await page.getByLabel('Email').fill(ada.email);
  await page.getByLabel('Password').fill('short');
  await page.getByRole('button', { name: 'Sign up' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'at least 8' })).toBeVisible();

  await page.getByLabel('Password').fill('long enough now');
  await page.getByRole('button', { name: 'Sign up' }).click();
  await expect(
    page.getByRole('alert').filter({ hasText: 'This email already has an account. Sign in' }),
  ).toBeVisible();
  await expect(page.getByLabel('Email')).toBeFocused();
  await expect(page.getByLabel('Name')).toHaveValue('Eve');
});

test('sign-in rejects a wrong password and redirects to the requested page', async ({ page, ada }) => {
  await page.goto('/tasks?filter=done');
  await expect(page).toHaveURL('/sign-in?next=%2Ftasks%3Ffilter%3Ddone');
  await page.getByLabel('Email').fill(ada.email);
  await page.getByLabel('Password').fill('not the password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'Wrong email or password' })).toBeVisible();

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
  test(`sign-in does not redirect to another site: ${JSON.stringify(elsewhere)}`, async ({
    page,
    ada,
    system,
  }) => {
    await page.goto(`/sign-in?${new URLSearchParams({ next: elsewhere })}`);
    await signIn(page, ada);
    await page.waitForURL(`${system.webUrl}/tasks`);
  });
}

test('the link in the email verifies the address, another link does not', async ({ page, system }) => {
  const account = newAccount('Ada');
  await page.goto('/sign-up');
  await page.getByLabel('Name').fill(account.name);
  await page.getByLabel('Email').fill(account.email);
  await page.getByLabel('Password').fill(account.password);
  await page.getByRole('button', { name: 'Sign up' }).click();
  await page.waitForURL('/tasks');

  await page.goto('/verify-email?token=bad');
  await expect(page.getByRole('alert').filter({ hasText: 'expired' })).toBeVisible();
  await page.goto('/settings/profile');
  await expect(page.getByText('isn’t verified yet')).toBeVisible();
  await page.getByRole('button', { name: 'Resend email' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'sent a new email' })).toBeVisible();

  const { link } = await system.mailTo(account.email, /\/verify-email\?/);
  await page.goto(link);
  await expect(page.getByRole('status').filter({ hasText: 'is verified' })).toBeVisible();
  await page.goto('/settings/profile');
  await expect(page.getByLabel('Name')).toHaveValue(account.name);
  await expect(page.getByText('isn’t verified yet')).toHaveCount(0);
});

test('a failed sign-in offers no verification email if accounts work without one', async ({ page, ada }) => {
  await page.goto('/sign-in');
  await signIn(page, { email: ada.email, password: 'not the one' });
  await expect(page.getByRole('alert').filter({ hasText: 'Wrong email or password' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Resend email' })).toHaveCount(0);
});

test('the verification email can be requested for every address', async ({ page }) => {
  await page.goto('/verify-email');
  await expect(page.getByText('Open the link in the email that we sent you')).toBeVisible();
  await page.getByRole('button', { name: 'Resend email' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'Enter an email address' })).toBeVisible();
  await page.getByLabel('Email').fill('nobody@example.com');
  await page.getByRole('button', { name: 'Resend email' }).click();
  await expect(
    page.getByRole('status').filter({ hasText: 'If nobody@example.com isn’t verified' }),
  ).toBeVisible();
});

test('a user who must verify their email cannot sign in before that', async ({ page, system }) => {
  await system.auth.stop();
  await system.auth.start({ REQUIRE_EMAIL_VERIFICATION: 'true' });
  const account = newAccount('Ada');
  await page.goto('/sign-up');
  await page.getByLabel('Name').fill(account.name);
  await page.getByLabel('Email').fill(account.email);
  await page.getByLabel('Password').fill(account.password);
  await page.getByRole('button', { name: 'Sign up' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Almost there' })).toContainText(account.email);

  await page.goto('/tasks');
  await expect(page).toHaveURL('/sign-in?next=%2Ftasks');
  await signIn(page, account);
  await expect(page.getByRole('alert').filter({ hasText: 'Wrong email or password' })).toBeVisible();
  await page.getByRole('button', { name: 'Resend email' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'sent a new email' })).toContainText(account.email);

  const { link } = await system.mailTo(account.email, /\/verify-email\?/);
  await page.goto(link);
  await expect(page.getByRole('status').filter({ hasText: 'is verified' })).toBeVisible();
  await page.getByRole('link', { name: 'Sign in' }).click();
  await page.waitForURL('/sign-in');
  await signIn(page, account);
  await page.waitForURL('/tasks');
  await system.auth.stop();
  await system.auth.start();
});

test('a reset link sets a new password once and ends the other sessions', async ({ page, ada, system }) => {
  await openTasks(ada.page);
  await page.goto('/sign-in');
  await page.getByRole('link', { name: 'Forgot your password?' }).click();
  await page.waitForURL('/forgot-password');
  await page.getByLabel('Email').fill(ada.email);
  await page.getByRole('button', { name: 'Send reset link' }).click();
  const message = page.getByRole('status').filter({ hasText: 'has an account' });
  await expect(message).toContainText(ada.email);

  const { link } = await system.mailTo(ada.email, /\/reset-password\?/);
  await page.goto(link);
  await page.getByLabel('New password').fill('another good one');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Password changed' })).toBeVisible();

  await page.getByRole('link', { name: 'Sign in' }).click();
  await page.getByLabel('Email').fill(ada.email);
  await page.getByLabel('Password').fill('another good one');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL('/tasks');

  await page.goto(link);
  await page.getByLabel('New password').fill('a third good one');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'has expired' })).toBeVisible();

  // The reset ended the earlier session.
  await ada.page.reload();
  await expect(ada.page).toHaveURL(/\/sign-in\?next=/);
});

test('a password can be revealed and hidden', async ({ page }) => {
  await page.goto('/sign-up');
  const password = page.getByLabel('Password');
  await password.fill('correct horse');
  await expect(password).toHaveAttribute('type', 'password');
  const reveal = page.getByRole('button', { name: 'Show characters' });
  await password.press('Tab');
  await expect(reveal).toBeFocused();
  await reveal.press('Space');
  await expect(password).toHaveAttribute('type', 'text');
  await expect(reveal).toHaveAttribute('aria-pressed', 'true');
  await expect(password).toHaveValue('correct horse');
  await reveal.press('Space');
  await expect(password).toHaveAttribute('type', 'password');
});

test('a password reset shows the same message for an email without an account', async ({ page }) => {
  const { email } = newAccount('Nobody');
  await page.goto('/forgot-password');
  await page.getByLabel('Email').fill(email);
  await page.getByRole('button', { name: 'Send reset link' }).click();
  await expect(page.getByRole('status').filter({ hasText: `If ${email} has an account` })).toBeVisible();
});

test('a user changes their name', async ({ ada: { page } }) => {
  await page.goto('/settings/profile');
  await page.getByLabel('Name').fill('Grace Hopper');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Profile saved' })).toBeVisible();
  await page.getByRole('button', { name: 'Account' }).click();
  await expect(page.getByText('Grace Hopper')).toBeVisible();
});

test('a password change needs the current password and ends the other sessions', async ({
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
  await expect(page.getByRole('alert').filter({ hasText: 'isn’t your current password' })).toBeVisible();

  await page.getByLabel('Current password').fill(ada.password);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Password changed' })).toBeVisible();
  await openTasks(page);
  await elsewhere.reload();
  await expect(elsewhere).toHaveURL('/sign-in?next=%2Ftasks');
});

test('a settings form keeps its input when the session has ended and the user signs in again', async ({
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
  await expect(page.getByRole('status').filter({ hasText: 'Profile saved' })).toBeVisible();
  await page.reload();
  await expect(page.getByLabel('Name')).toHaveValue('Half a na');
});

for (const { address, press } of [
  { address: '/settings/password', press: 'Save' },
  { address: '/settings/account', press: 'Delete account' },
  { address: '/settings/sessions', press: 'Sign out all other sessions' },
]) {
  test(`redirects from ${address} to sign-in when the session has ended`, async ({
    ada,
    page: elsewhere,
  }) => {
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
    // A draft must not contain the password.
    expect(await page.evaluate(() => JSON.stringify({ ...sessionStorage }))).not.toContain(ada.password);
  });
}

test('sign-out shows an error while the auth server is down', async ({ ada, system }) => {
  const { page } = ada;
  await openTasks(page);
  await system.auth.stop();
  await signOut(page);
  await expect(page.getByRole('alert').filter({ hasText: 'You’re still signed in' })).toBeVisible();
  await expect(page).toHaveURL('/tasks');
  await system.auth.start();
  await page.reload();
  await expect(page).toHaveURL('/tasks');
});

test('the back button shows no tasks after sign-out', async ({ ada }) => {
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

test('a user lists and ends their other sessions', async ({ ada, browser }) => {
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
  await ada.page.setViewportSize({ width: 320, height: 640 });
  for (const session of await sessions.all()) {
    const [icon, name] = await Promise.all([
      session.locator('svg').first().boundingBox(),
      session.getByText('Chrome on').boundingBox(),
    ]);
    expect(name!.x).toBeGreaterThan(icon!.x + icon!.width);
  }
  await expect(sessions.filter({ hasText: 'This device' })).toHaveCount(1);
  await ada.page.getByRole('button', { name: 'Sign out Chrome' }).first().click();
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

test('deleting an account needs a confirmation and the password, and deletes its tasks', async ({
  ada,
  page,
}) => {
  const [task] = await ada.createTasks(['Goes with it']);
  const statusOfTask = await ada.statusOf(task?.id as string);
  await ada.page.goto('/settings/account');
  await ada.page.getByLabel('Current password').fill(ada.password);
  await ada.page.getByRole('button', { name: 'Delete account' }).click();
  await expect(ada.page.getByRole('alert').filter({ hasText: 'Type “delete” to confirm' })).toBeVisible();

  await ada.page.getByLabel('to confirm').fill('delete');
  await ada.page.getByLabel('Current password').fill('not this one');
  await ada.page.getByRole('button', { name: 'Delete account' }).click();
  await expect(ada.page.getByRole('alert').filter({ hasText: 'isn’t your current password' })).toBeVisible();
  expect(await statusOfTask()).toBe(200);

  await ada.page.getByLabel('Current password').fill(ada.password);
  await ada.page.getByRole('button', { name: 'Delete account' }).click();
  await ada.page.waitForURL('/');
  await expect.poll(statusOfTask).toBe(404);

  await page.goto('/sign-in');
  await signIn(page, ada);
  await expect(page.getByRole('alert').filter({ hasText: 'Wrong email or password' })).toBeVisible();
});

test('the start page redirects a signed-in user to the tasks', async ({ ada: { page } }) => {
  await page.goto('/');
  await expect(page).toHaveURL('/tasks');
  await signOut(page);
  await page.waitForURL('/sign-in');
  await page.goto('/tasks');
  await expect(page).toHaveURL('/sign-in?next=%2Ftasks');
});
