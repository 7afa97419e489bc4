import type { BrowserContext, Page } from '@playwright/test';
import { type OpenIdProvider, startOpenIdProvider } from '../../../tools/test/openid-provider.js';
import { queryOnce } from '../../../tools/test/test-databases.js';
import { expect, expectPresentable, newAccount, openTasks, signIn, signOut, test } from './users.js';

let provider: OpenIdProvider;

test.beforeAll(async ({ system }) => {
  provider = await startOpenIdProvider(system.webUrl, { pages: true });
  await system.auth.stop();
  await system.auth.start({
    OIDC_ISSUER: provider.issuer,
    OIDC_CLIENT_ID: provider.clientId,
    OIDC_CLIENT_SECRET: provider.clientSecret,
    OIDC_NAME: 'Company',
    GOOGLE_CLIENT_ID: 'google',
    GOOGLE_CLIENT_SECRET: 'secret',
    GITHUB_CLIENT_ID: 'github',
    GITHUB_CLIENT_SECRET: 'secret',
    MICROSOFT_CLIENT_ID: 'microsoft',
    MICROSOFT_CLIENT_SECRET: 'secret',
  });
});

test.afterAll(async ({ system }) => {
  await provider.close();
  await system.auth.stop();
  await system.auth.start();
});

/** Adds a user at the provider. */
function addAccount(claims: { email?: string; email_verified?: boolean } = {}) {
  const { email, name } = newAccount('Grace');
  const account = { email, name, email_verified: true, ...claims };
  provider.accounts.set(email, account);
  return { subject: email, ...account };
}

const continueWithProvider = (page: Page) =>
  page.getByRole('button', { name: 'Continue with Company' }).click();

/** Signs in on the page of the provider. */
async function signInAtProvider(page: Page, subject: string) {
  await page.locator('input[name="login"]').fill(subject);
  await page.locator('input[name="password"]').fill('any');
  await page.getByRole('button', { name: 'Sign-in' }).click();
}

const cancelAtProvider = (page: Page) => page.getByRole('link', { name: 'Cancel' }).click();

async function signUpWithProvider(page: Page, account = addAccount()) {
  await page.goto('/sign-up');
  await continueWithProvider(page);
  await signInAtProvider(page, account.subject);
  await page.waitForURL('/tasks');
  return account;
}

/** Makes the sessions of a user too old for changes of how they sign in. */
const ageSessions = (databaseUrl: string, email: string) =>
  queryOnce(
    databaseUrl,
    `UPDATE auth.session SET "createdAt" = now() - INTERVAL '11 minutes'
     WHERE "userId" = (SELECT id FROM auth."user" WHERE email = '${email}')`,
  );

const verifyAddress = (databaseUrl: string, email: string) =>
  queryOnce(databaseUrl, `UPDATE auth."user" SET "emailVerified" = true WHERE email = '${email}'`);

const alert = (page: Page, text: string) => page.getByRole('alert').filter({ hasText: text });
const forgetProvider = (context: BrowserContext) => context.clearCookies({ name: /^_/ });

test('the buttons lead to the providers', async ({ page }) => {
  await page.route(/google|github|microsoft/, (route) => route.fulfill({ body: 'The page of a provider' }));
  for (const path of ['/sign-in', '/sign-up']) {
    for (const [name, host] of [
      ['Google', 'accounts.google.com'],
      ['GitHub', 'github.com'],
      ['Microsoft', 'login.microsoftonline.com'],
    ] as const) {
      await page.goto(path);
      const request = page.waitForRequest((sent) => new URL(sent.url()).host === host);
      await page.getByRole('button', { name: `Continue with ${name}` }).click();
      await request;
      await expect(page.getByText('The page of a provider')).toBeVisible();
    }
  }
});

test('a new user signs up with a provider and returns to the requested page', async ({ page }) => {
  const account = addAccount();
  await page.goto('/tasks?filter=all&search=*(a)%2F~');
  await page.waitForURL(/\/sign-in\?next=/);
  await continueWithProvider(page);
  await signInAtProvider(page, account.subject);
  await page.waitForURL('/tasks?filter=all&search=*%28a%29%2F%7E');
  await page.getByRole('button', { name: 'Account' }).click();
  await expect(page.getByText(account.email)).toBeVisible();
});

test('the keyboard is enough to sign in with a provider', async ({ page }) => {
  await page.goto('/sign-in');
  const button = page.getByRole('button', { name: 'Continue with Company' });
  await expect(button).toBeEnabled();
  for (let stops = 0; stops < 10; stops++) {
    await page.keyboard.press('Tab');
    if (await button.evaluate((element) => element === document.activeElement)) {
      break;
    }
  }
  await page.keyboard.press('Enter');
  await expect(page.locator('input[name="login"]')).toBeVisible();
});

test('a user who cancels at the provider can try again', async ({ page }) => {
  const account = addAccount();
  await page.goto('/sign-in?next=%2Fsettings%2Fprofile');
  await continueWithProvider(page);
  await cancelAtProvider(page);
  await expect(alert(page, 'You cancelled')).toBeVisible();
  await continueWithProvider(page);
  await signInAtProvider(page, account.subject);
  await page.waitForURL('/settings/profile');
});

test('the back button leads from the provider to a page whose buttons work', async ({ page }) => {
  await page.goto('/sign-in');
  await continueWithProvider(page);
  await expect(page.locator('input[name="login"]')).toBeVisible();
  await page.goBack();
  await continueWithProvider(page);
  await expect(page.locator('input[name="login"]')).toBeVisible();
});

test('a sign-in that takes too long can be repeated', async ({ page }) => {
  const account = addAccount();
  await page.goto('/sign-in');
  await continueWithProvider(page);
  await expect(page.locator('input[name="login"]')).toBeVisible();
  await page.context().clearCookies({ name: /state/ });
  await signInAtProvider(page, account.subject);
  await expect(alert(page, 'That took too long')).toBeVisible();
  await continueWithProvider(page);
  await page.waitForURL('/tasks');
});

test('a provider without an email address leads to the sign-up with an email', async ({ page }) => {
  const account = addAccount({ email: undefined });
  await page.goto('/sign-in?next=%2Fsettings%2Fprofile');
  await continueWithProvider(page);
  await signInAtProvider(page, account.subject);
  await expect(alert(page, 'didn’t share an email address')).toBeVisible();
  await page.getByRole('link', { name: 'Sign up with email' }).click();
  await expect(page).toHaveURL('/sign-up?next=%2Fsettings%2Fprofile');
});

test('the address of an account that is not verified: the owner resets the password, then the provider works', async ({
  page,
  ada: intruder,
  system,
}) => {
  const account = addAccount({ email: intruder.email });
  await page.goto('/sign-in');
  await continueWithProvider(page);
  await signInAtProvider(page, account.subject);
  await expect(alert(page, 'already exists')).toBeVisible();
  await page.getByRole('link', { name: 'Reset your password' }).click();
  await page.waitForURL('/forgot-password');
  await page.getByLabel('Email').fill(intruder.email);
  await page.getByRole('button', { name: 'Send reset link' }).click();
  const { link } = await system.mailTo(intruder.email, /\/reset-password\?/);
  await page.goto(link);
  await page.getByLabel('New password').fill('the password of the owner');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('link', { name: 'Sign in' }).click();
  await continueWithProvider(page);
  await page.waitForURL('/tasks');
  await intruder.page.goto('/tasks');
  await expect(intruder.page).toHaveURL(/\/sign-in/);
});

test('the verified address of an account: a provider that has verified it signs in at once', async ({
  page,
  ada,
  system,
}) => {
  await verifyAddress(system.databaseUrl, ada.email);
  await ada.createTasks(['Hers']);
  await signUpWithProvider(page, addAccount({ email: ada.email }));
  await openTasks(page);
  await expect(page.getByRole('checkbox', { name: 'Hers' })).toBeVisible();
});

test('a user connects a provider, signs in with it, and disconnects it', async ({ ada, page }) => {
  const account = addAccount({ email_verified: false });
  await ada.page.goto('/settings/profile');
  await ada.page.getByRole('link', { name: 'Connections' }).click();
  await expect(ada.page).toHaveURL('/settings/connections');
  const rows = ada.page.getByRole('list', { name: 'Connections' }).getByRole('listitem');
  await expect(rows).toHaveCount(4);
  await expect(rows.filter({ hasText: 'Company' })).toContainText('Not connected');
  await ada.page.getByRole('button', { name: 'Connect Company' }).click();
  await signInAtProvider(ada.page, account.subject);
  await expect(ada.page).toHaveURL('/settings/connections');
  await expect(rows.filter({ hasText: 'Company' })).toContainText('Connected on');

  await page.goto('/sign-in');
  await continueWithProvider(page);
  await signInAtProvider(page, account.subject);
  await page.waitForURL('/tasks');
  await page.getByRole('button', { name: 'Account' }).click();
  await expect(page.getByText(ada.email)).toBeVisible();

  await ada.page.getByRole('button', { name: 'Disconnect Company' }).click();
  await expect(ada.page.getByRole('status').filter({ hasText: 'Company disconnected' })).toBeVisible();
  await expect(rows.filter({ hasText: 'Company' })).toContainText('Not connected');
  await page.reload();
  await expect(page).toHaveURL(/\/sign-in/);
});

test('connecting an account of another user, and cancelling, say what happened', async ({ ada, bob }) => {
  const account = addAccount();
  for (const { page } of [ada, bob]) {
    await page.goto('/settings/connections');
    await page.getByRole('button', { name: 'Connect Company' }).click();
    await signInAtProvider(page, account.subject);
    await expect(page).toHaveURL(/\/settings\/connections/);
  }
  await expect(alert(bob.page, 'connected to another user')).toBeVisible();
  await forgetProvider(bob.context);
  await bob.page.getByRole('button', { name: 'Connect Company' }).click();
  await cancelAtProvider(bob.page);
  await expect(alert(bob.page, 'You cancelled')).toBeVisible();
});

test('the last way to sign in cannot be disconnected until there is a password', async ({ page }) => {
  const account = await signUpWithProvider(page);
  await page.goto('/settings/connections');
  await expect(page.getByText('You have no other way to sign in.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Disconnect Company' })).toHaveCount(0);

  await page.getByRole('link', { name: 'Add a password' }).click();
  await page.getByLabel('New password').fill('short');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(alert(page, 'at least 8')).toBeVisible();
  await page.getByLabel('New password').fill('correct horse battery');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Password added' })).toBeVisible();
  await expect(page.getByLabel('Current password')).toBeVisible();

  await page.goto('/settings/connections');
  await page.getByRole('button', { name: 'Disconnect Company' }).click();
  await expect(page.getByRole('button', { name: 'Connect Company' })).toBeVisible();
  await signOut(page);
  await page.waitForURL('/sign-in');
  await signIn(page, { email: account.email, password: 'correct horse battery' });
  await page.waitForURL('/tasks');
});

test('an account without a password is deleted after a recent sign-in', async ({ page, system }) => {
  const account = await signUpWithProvider(page);
  await ageSessions(system.databaseUrl, account.email);
  await page.goto('/settings/account');
  await expect(page.getByLabel('Current password')).toHaveCount(0);
  await page.getByLabel('to confirm').fill('delete');
  await page.getByRole('button', { name: 'Delete account' }).click();
  await expect(alert(page, 'recent sign-in')).toBeVisible();
  await page.getByRole('button', { name: 'Sign in again' }).click();
  await expect(page).toHaveURL('/sign-in?next=%2Fsettings%2Faccount');
  await continueWithProvider(page);
  await page.waitForURL('/settings/account');
  await page.getByLabel('to confirm').fill('delete');
  await page.getByRole('button', { name: 'Delete account' }).click();
  await page.waitForURL('/');
  await page.goto('/tasks');
  await expect(page).toHaveURL(/\/sign-in/);
});

test('changes of the connections need a recent sign-in, with a password, too', async ({ ada, system }) => {
  const { page } = ada;
  await ageSessions(system.databaseUrl, ada.email);
  await page.goto('/settings/connections');
  await page.getByRole('button', { name: 'Connect Company' }).click();
  await page.getByRole('button', { name: 'Sign in again' }).click();
  await expect(page).toHaveURL('/sign-in?next=%2Fsettings%2Fconnections');
  await signIn(page, ada);
  await page.waitForURL('/settings/connections');
  await page.getByRole('button', { name: 'Connect Company' }).click();
  await expect(page.locator('input[name="login"]')).toBeVisible();
});

test('a sign-in with a provider tells the other tabs who is signed in', async ({ ada, page: unused }) => {
  await unused.close();
  await openTasks(ada.page);
  const account = addAccount();
  const tab = await ada.context.newPage();
  await ada.context.clearCookies();
  await signUpWithProvider(tab, account);
  const menu = ada.page.getByRole('button', { name: 'Account' });
  await expect(menu).toHaveAttribute('data-initials', 'GE');
  await menu.click();
  await expect(ada.page.getByText(account.email)).toBeVisible();
});

test('the pages with providers are accessible, and fit a width of 320 pixels', async ({
  page,
  ada,
  system,
}) => {
  test.slow();
  for (const path of [
    '/sign-up',
    '/sign-in',
    '/sign-in?error=access_denied',
    '/sign-in?error=account_not_linked',
    '/sign-in?error=email_not_found',
    '/sign-in?error=email_not_verified',
    '/sign-in?error=unknown',
  ]) {
    await page.goto(path);
    await expect(page.getByRole('button', { name: 'Continue with Company' })).toBeEnabled();
    await expectPresentable(page, path);
  }

  await ada.page.goto('/settings/connections?error=access_denied');
  await expectPresentable(ada.page, 'connections, none');

  const account = await signUpWithProvider(page);
  await page.goto('/settings/connections');
  await expect(page.getByText('You have no other way to sign in.')).toBeVisible();
  await expectPresentable(page, 'connections, one');
  await page.goto('/settings/password');
  await expectPresentable(page, 'add a password');

  await ageSessions(system.databaseUrl, account.email);
  await page.goto('/settings/account');
  await page.getByLabel('to confirm').fill('delete');
  await page.getByRole('button', { name: 'Delete account' }).click();
  await expect(page.getByRole('button', { name: 'Sign in again' })).toBeVisible();
  await expectPresentable(page, 'sign in again');
});

test('an account of a provider that is no longer configured can be disconnected', async ({ ada, system }) => {
  const { page } = ada;
  await queryOnce(
    system.databaseUrl,
    `INSERT INTO auth.account (id, "accountId", "providerId", "userId", "createdAt", "updatedAt")
     SELECT gen_random_uuid(), id, 'gitlab', id, now(), now() FROM auth."user" WHERE email = '${ada.email}'`,
  );
  await system.auth.stop();
  await system.auth.start();
  await page.goto('/sign-in?next=%2Fsettings%2Fconnections');
  await expect(page.getByRole('listitem').filter({ hasText: 'gitlab' })).toContainText('No longer available');
  await page.getByRole('button', { name: 'Disconnect gitlab' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'gitlab disconnected' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Connections' })).toHaveCount(0);
});

test('without providers, there are neither buttons nor a tab', async ({ ada, page, system }) => {
  await system.auth.stop();
  await system.auth.start();
  for (const path of ['/sign-in', '/sign-up']) {
    await page.goto(path);
    await expect(page.getByLabel('Password')).toBeVisible();
    await expect(page.getByRole('button', { name: /Continue with/ })).toHaveCount(0);
  }
  await ada.page.goto('/settings/profile');
  await expect(ada.page.getByRole('link', { name: 'Password' })).toBeVisible();
  await expect(ada.page.getByRole('link', { name: 'Connections' })).toHaveCount(0);
});

test('with required verification, a provider that has not verified the address sends an email', async ({
  page,
  system,
}) => {
  const account = addAccount({ email_verified: false });
  await system.auth.stop();
  await system.auth.start({
    REQUIRE_EMAIL_VERIFICATION: 'true',
    OIDC_ISSUER: provider.issuer,
    OIDC_CLIENT_ID: provider.clientId,
    OIDC_CLIENT_SECRET: provider.clientSecret,
    OIDC_NAME: 'Company',
  });
  await page.goto('/sign-up');
  await continueWithProvider(page);
  await signInAtProvider(page, account.subject);
  await expect(page.getByRole('status').filter({ hasText: 'We’ve sent you an email' })).toBeVisible();
  const { link } = await system.mailTo(account.email, /\/verify-email\?/);
  await page.goto(link);
  await expect(page.getByRole('status').filter({ hasText: 'is verified' })).toBeVisible();
  await page.goto('/sign-in');
  await continueWithProvider(page);
  await page.waitForURL('/tasks');
});
