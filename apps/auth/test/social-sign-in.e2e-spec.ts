import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sql } from 'kysely';
import {
  type OpenIdProvider,
  type ProviderAccount,
  startOpenIdProvider,
} from '../../../tools/test/openid-provider.js';
import { AUTH } from '../src/better-auth/auth.constants.js';
import type { Auth } from '../src/better-auth/auth.js';
import { appName } from '../src/mail/brand.js';
import './cached-password-hashes.js';
import { startAuthProcess } from './auth-process.js';
import { type AuthServer, startAuthServer, startAuthServerOn } from './auth-server.js';
import { createDatabase, ORIGIN, PASSWORD } from './environment.js';
import { HttpClient, type HttpResponse } from './http-client.js';
import { Mailbox } from './mailbox.js';
import { closeAfterTests, teardown } from './teardown.js';
import { waitUntil } from './wait-until.js';

const ADDED_SUBJECT = new RegExp(`^New way to sign in to ${appName}$`);
const TAKEN_SUBJECT = new RegExp(`^You already have an account with ${appName}$`);
const CONFIRM_SUBJECT = new RegExp(`^Confirm your email address for ${appName}$`);

let provider: OpenIdProvider;
let mailbox: Mailbox;
let server: AuthServer;

function oidcVariables(issuer = provider.issuer) {
  return {
    OIDC_ISSUER: issuer,
    OIDC_CLIENT_ID: provider.clientId,
    OIDC_CLIENT_SECRET: provider.clientSecret,
    OIDC_NAME: 'Company',
  };
}

beforeAll(async () => {
  // oidc-provider warns about settings that are unsafe in production.
  for (const level of ['warn', 'info'] as const) {
    jest.spyOn(console, level).mockImplementation(() => {});
  }
  provider = await startOpenIdProvider(ORIGIN);
  closeAfterTests(() => provider.close());
  mailbox = await Mailbox.open();
  server = await startAuthServer({ ...oidcVariables(), SMTP_URL: mailbox.url });
});

beforeEach(() => {
  mailbox.emails.length = 0;
});

afterAll(async () => {
  jest.restoreAllMocks();
  await teardown();
});

/** Adds a user at the provider. */
function addAccount(claims: ProviderAccount = {}) {
  const subject = randomUUID();
  const account = { email: `${subject}@example.com`, email_verified: true, name: 'Ada', ...claims };
  provider.accounts.set(subject, account);
  return { subject, email: account.email };
}

const start = (client: HttpClient, path = 'sign-in/social', body = {}) =>
  client.post(`/api/auth/${path}`, {
    provider: 'oidc',
    callbackURL: '/tasks',
    errorCallbackURL: '/sign-in?next=%2Ftasks',
    ...body,
  });

const follow = (client: HttpClient, { pathname, search }: URL) => client.get(pathname + search);

async function signInWith(
  subject: string,
  client = server.client(),
  path = 'sign-in/social',
): Promise<HttpResponse> {
  const { body } = await start(client, path);
  return follow(client, await provider.authorize(body.url as string, subject));
}

const connect = (subject: string, client: HttpClient) => signInWith(subject, client, 'link-social');
const locationOf = ({ headers }: HttpResponse) => headers.get('location');
const errorOf = (response: HttpResponse) =>
  new URL(locationOf(response) ?? '', ORIGIN).searchParams.get('error');

async function userOf(client: HttpClient) {
  const { body } = await client.get('/api/auth/get-session');
  return (body as { user: { id: string; email: string; name: string; emailVerified: boolean } } | null)?.user;
}

async function signUpVerified(name: string, on = server) {
  const user = await on.signUp(name);
  await sql`UPDATE auth."user" SET "emailVerified" = true WHERE id = ${user.id}`.execute(on.db);
  return user;
}

const makeSessionsOlder = (userId: string, on = server) =>
  sql`UPDATE auth.session SET "createdAt" = now() - INTERVAL '11 minutes' WHERE "userId" = ${userId}`.execute(
    on.db,
  );

async function methodsOf(userId: string, on = server) {
  const { rows } = await sql<{ providerId: string }>`
    SELECT "providerId" FROM auth.account WHERE "userId" = ${userId} ORDER BY 1`.execute(on.db);
  return rows.map(({ providerId }) => providerId);
}

async function accountIdOf(client: HttpClient) {
  const { body } = await client.get('/api/auth/list-accounts');
  return (body as { id: string; providerId: string }[]).find(({ providerId }) => providerId !== 'credential')!
    .id;
}

const disconnect = async (client: HttpClient) =>
  client.post('/api/auth/disconnect-provider', { accountId: await accountIdOf(client) });

describe('the list of providers', () => {
  it('contains those that are configured, without their credentials', async () => {
    const configured = await startAuthServer({
      ...oidcVariables(),
      GOOGLE_CLIENT_ID: 'google-id',
      GOOGLE_CLIENT_SECRET: 'google-secret',
      GITHUB_CLIENT_ID: 'github-id',
      GITHUB_CLIENT_SECRET: 'github-secret',
      MICROSOFT_CLIENT_ID: 'microsoft-id',
      MICROSOFT_CLIENT_SECRET: 'microsoft-secret',
    });
    expect((await configured.client().get('/api/auth/providers')).body).toEqual([
      { id: 'google', name: 'Google' },
      { id: 'github', name: 'GitHub' },
      { id: 'microsoft', name: 'Microsoft' },
      { id: 'oidc', name: 'Company' },
    ]);
    for (const [id, host, scope] of [
      ['google', 'accounts.google.com', 'email profile openid'],
      ['github', 'github.com', 'read:user user:email'],
      ['microsoft', 'login.microsoftonline.com', 'openid profile email'],
    ]) {
      const { body, status } = await start(configured.client(), 'sign-in/social', { provider: id });
      expect(status).toBe(200);
      const url = new URL(body.url as string);
      expect([url.host, url.searchParams.get('scope')]).toEqual([host, scope]);
      expect(url.searchParams.get('redirect_uri')).toBe(`${ORIGIN}/api/auth/callback/${id}`);
      expect(url.searchParams.get('code_challenge_method')).toBe('S256');
    }
  });

  it('is empty without configuration, and a sign-in is 404', async () => {
    const plain = await startAuthServer();
    expect((await plain.client().get('/api/auth/providers')).body).toEqual([]);
    expect((await start(plain.client())).status).toBe(404);
  });
});

describe('a sign-in with a provider', () => {
  it('creates a user with a verified address, a session and no stored tokens', async () => {
    const { subject, email } = addAccount({ name: '  Ada Lovelace ' });
    const client = server.client();
    const response = await signInWith(subject, client);
    expect([response.status, locationOf(response)]).toEqual([302, '/tasks']);
    const user = await userOf(client);
    expect(user).toMatchObject({ email, name: 'Ada Lovelace', emailVerified: true });
    const { rows } = await sql`SELECT * FROM auth.account WHERE "userId" = ${user!.id}`.execute(server.db);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      providerId: 'oidc',
      accountId: `${provider.issuer} ${subject}`,
      accessToken: null,
      refreshToken: null,
      idToken: null,
      accessTokenExpiresAt: null,
      refreshTokenExpiresAt: null,
      scope: null,
      password: null,
    });
    expect(mailbox.emails).toEqual([]);
  });

  it('finds the same user the second time, also after the address or the name has changed there', async () => {
    const { subject, email } = addAccount();
    const [first, second] = [server.client(), server.client()];
    await signInWith(subject, first);
    provider.accounts.set(subject, { email: 'changed@example.com', email_verified: true, name: 'Eve' });
    await signInWith(subject, second);
    expect(await userOf(second)).toMatchObject({ id: (await userOf(first))!.id, email, name: 'Ada' });
  });

  it('uses the start of the address as the name if the provider returns none', async () => {
    const { subject } = addAccount({ name: undefined });
    const client = server.client();
    await signInWith(subject, client);
    expect((await userOf(client))!.name).toBe(subject);
  });

  it('shortens a long name and removes characters that cannot be stored', async () => {
    const { subject } = addAccount({ name: `A\0${'👩'.repeat(300)}` });
    const client = server.client();
    await signInWith(subject, client);
    expect((await userOf(client))!.name).toBe(`A${'👩'.repeat(99)}`);
  });

  it('does not verify an address that the provider has not verified, and sends a verification email', async () => {
    const { subject, email } = addAccount({ email_verified: false });
    const client = server.client();
    await signInWith(subject, client);
    expect(await userOf(client)).toMatchObject({ email, emailVerified: false });
    await mailbox.emailTo(email, CONFIRM_SUBJECT);
  });

  it.each([
    ['no address', { email: undefined }],
    ['an invalid address', { email: 'ada' }],
    ['a very long address', { email: `${'a'.repeat(250)}@example.com` }],
  ])('fails with %s', async (_case, claims) => {
    const { subject } = addAccount(claims);
    const client = server.client();
    const response = await signInWith(subject, client);
    expect(locationOf(response)).toBe('/sign-in?next=%2Ftasks&error=email_not_found');
    expect(await userOf(client)).toBeUndefined();
  });

  it('fails if the user cancels at the provider', async () => {
    expect(errorOf(await signInWith('cancel'))).toBe('access_denied');
  });

  it('fails in another browser than the one in which it began', async () => {
    const { subject } = addAccount();
    const { body } = await start(server.client());
    const back = await provider.authorize(body.url as string, subject);
    const victim = server.client();
    expect(errorOf(await follow(victim, back))).toBe('state_mismatch');
    expect(await userOf(victim)).toBeUndefined();
  });

  it('fails the second time that the provider redirects back', async () => {
    const { subject } = addAccount();
    const client = server.client();
    const { body } = await start(client);
    const back = await provider.authorize(body.url as string, subject);
    expect(locationOf(await follow(client, back))).toBe('/tasks');
    expect(errorOf(await follow(client, back))).toBe('state_mismatch');
  });

  it('fails after ten minutes', async () => {
    const { subject } = addAccount();
    const client = server.client();
    const { body } = await start(client);
    const back = await provider.authorize(body.url as string, subject);
    await sql`
      UPDATE auth.verification SET "expiresAt" = "expiresAt" - INTERVAL '11 minutes',
        value = regexp_replace(value, '"expiresAt":\\d+', '"expiresAt":1')`.execute(server.db);
    expect(errorOf(await follow(client, back))).toBe('state_mismatch');
  });

  it.each([
    '/api/auth/callback/oidc',
    '/api/auth/callback/oidc?code=x',
    '/api/auth/callback/oidc?code=x&state=y',
  ])('leads to the sign-in page if %s is opened directly', async (path) => {
    const response = await server.client().get(path);
    expect(locationOf(response)).toMatch(new RegExp(`^${ORIGIN}/sign-in\\?error=state_`));
  });

  it('fails with the code of another sign-in', async () => {
    const { subject } = addAccount();
    const [ada, eve] = [server.client(), server.client()];
    const forAda = await provider.authorize((await start(ada)).body.url as string, subject);
    const forEve = await provider.authorize((await start(eve)).body.url as string, addAccount().subject);
    forEve.searchParams.set('code', forAda.searchParams.get('code')!);
    expect(errorOf(await follow(eve, forEve))).toBe('invalid_code');
  });

  it('accepts no ID token from a client', async () => {
    for (const path of ['sign-in/social', 'link-social']) {
      const { status, body } = await start(server.client(), path, { idToken: { token: 'x' } });
      expect([status, body.code]).toEqual([404, 'ID_TOKEN_NOT_SUPPORTED']);
    }
  });

  it('stores no large values from a client', async () => {
    const long = `/${'a'.repeat(2_048)}`;
    for (const body of [
      { callbackURL: long },
      { errorCallbackURL: long },
      { newUserCallbackURL: long },
      { additionalData: {} },
    ]) {
      for (const path of ['sign-in/social', 'link-social']) {
        expect((await start(server.client(), path, body)).status).toBe(400);
      }
    }
  });

  it('has no endpoints for tokens of providers', async () => {
    const { client } = await server.signUp('ada');
    const responses = await Promise.all([
      client.post('/api/auth/get-access-token', {}),
      client.post('/api/auth/refresh-token', {}),
      client.get('/api/auth/account-info'),
      client.post('/api/auth/unlink-account', {}),
    ]);
    expect(responses.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
  });
});

describe('a redirect from a provider', () => {
  /** Runs `task` when the next request is about to call this method of Better Auth. */
  const before = async (method: 'createSession' | 'linkAccount', task: () => Promise<unknown>) => {
    const { internalAdapter } = await server.app.get<Auth>(AUTH).$context;
    const original = internalAdapter[method] as (...input: unknown[]) => Promise<never>;
    jest.spyOn(internalAdapter, method).mockImplementationOnce(async (...input: unknown[]) => {
      await task();
      return original(...input);
    });
  };
  const countRows = async (table: string, userId: string) => {
    const { rows } = await sql`SELECT FROM ${sql.table(`auth.${table}`)} WHERE "userId" = ${userId}`.execute(
      server.db,
    );
    return rows.length;
  };

  it('creates no session if the provider was disconnected meanwhile', async () => {
    const { subject } = addAccount();
    const client = server.client();
    await signInWith(subject, client);
    const { id } = (await userOf(client))!;
    await before('createSession', async () => {
      await sql`DELETE FROM auth.session WHERE "userId" = ${id}`.execute(server.db);
      await sql`DELETE FROM auth.account WHERE "userId" = ${id}`.execute(server.db);
    });
    expect(errorOf(await signInWith(subject))).toBe('CREDENTIAL_CHANGED');
    expect(await countRows('session', id)).toBe(0);
  });

  it('connects the provider once if another redirect has connected it meanwhile', async () => {
    const ada = await signUpVerified('ada');
    const { subject } = addAccount({ email: ada.email });
    await before('linkAccount', async () => {
      expect(locationOf(await signInWith(subject))).toBe('/tasks');
    });
    expect(errorOf(await signInWith(subject))).toBe('unable_to_link_account');
    expect(await methodsOf(ada.id)).toEqual(['credential', 'oidc']);
    expect(locationOf(await signInWith(subject))).toBe('/tasks');
  });

  it('connects nothing if the address of the account was changed meanwhile', async () => {
    const ada = await signUpVerified('ada');
    const { subject } = addAccount({ email: ada.email });
    await before('linkAccount', () =>
      sql`UPDATE auth."user" SET email = ${`new-${ada.email}`} WHERE id = ${ada.id}`.execute(server.db),
    );
    expect(errorOf(await signInWith(subject))).toBe('CREDENTIAL_CHANGED');
    expect(await methodsOf(ada.id)).toEqual(['credential']);
  });
});

describe('a sign-in with the address of an existing account', () => {
  it('connects the provider if both have verified the address, and tells the owner', async () => {
    const ada = await signUpVerified('ada');
    const { subject } = addAccount({ email: ada.email.toUpperCase() });
    const client = server.client();
    expect(locationOf(await signInWith(subject, client))).toBe('/tasks');
    expect((await userOf(client))!.id).toBe(ada.id);
    const { text, link } = await mailbox.emailTo(ada.email, ADDED_SUBJECT);
    expect(text).toContain('with Company');
    expect(link.href).toBe(`${ORIGIN}/forgot-password`);
  });

  it.each([
    ['the provider has not verified the address', { email_verified: false }],
    ['the provider does not say whether the address is verified', { email_verified: undefined }],
  ])('is rejected if %s', async (_case, claims) => {
    const ada = await signUpVerified('ada');
    const { subject } = addAccount({ email: ada.email, ...claims });
    const client = server.client();
    expect(errorOf(await signInWith(subject, client))).toBe('account_not_linked');
    expect(await userOf(client)).toBeUndefined();
    expect(await methodsOf(ada.id)).toEqual(['credential']);
  });

  it('is rejected if the account is not verified: someone else may have created it', async () => {
    const eve = await server.signUp('eve');
    const { subject } = addAccount({ email: eve.email });
    expect(errorOf(await signInWith(subject))).toBe('account_not_linked');
    expect(await methodsOf(eve.id)).toEqual(['credential']);
    expect((await userOf(eve.client))!.emailVerified).toBe(false);
  });

  it('works after a password reset, which ends the credentials of the person who created the account', async () => {
    const eve = await server.signUp('eve');
    const { subject } = addAccount({ email: eve.email });
    await server.client().post('/api/auth/request-password-reset', { email: eve.email });
    const { link } = await mailbox.emailTo(eve.email, /^Reset your/);
    const token = link.searchParams.get('token');
    await server.client().post('/api/auth/reset-password', { token, newPassword: 'a new password' });
    const owner = server.client();
    expect(locationOf(await signInWith(subject, owner))).toBe('/tasks');
    expect((await userOf(owner))!.id).toBe(eve.id);
    expect(await userOf(eve.client)).toBeUndefined();
  });

  it('is rejected with another subject of the same provider', async () => {
    const { subject, email } = addAccount({ email_verified: false });
    await signInWith(subject);
    expect(errorOf(await signInWith(addAccount({ email }).subject))).toBe('account_not_linked');
  });

  it('is another user if OIDC_ISSUER has changed and the new issuer uses the same subject', async () => {
    const { url } = await createDatabase();
    const other = await startOpenIdProvider(ORIGIN);
    closeAfterTests(() => other.close());
    const { subject, email } = addAccount();
    other.accounts.set(subject, { email: `other-${email}`, email_verified: true });
    const before = await startAuthServerOn(url, oidcVariables());
    const first = before.client();
    await signInWith(subject, first);

    const after = await startAuthServerOn(url, oidcVariables(other.issuer));
    const second = after.client();
    const { body } = await start(second);
    await follow(second, await other.authorize(body.url as string, subject));
    expect((await userOf(second))!.id).not.toBe((await userOf(first))!.id);
  });
});

describe('with required verification', () => {
  let strict: AuthServer;

  beforeAll(async () => {
    strict = await startAuthServer({
      ...oidcVariables(),
      SMTP_URL: mailbox.url,
      REQUIRE_EMAIL_VERIFICATION: 'true',
    });
  });

  it('signs in at once if the provider has verified the address', async () => {
    const { subject } = addAccount();
    expect(locationOf(await signInWith(subject, strict.client()))).toBe('/tasks');
  });

  it('signs in after the link in the email if the provider has not', async () => {
    const { subject, email } = addAccount({ email_verified: false });
    const client = strict.client();
    expect(errorOf(await signInWith(subject, client))).toBe('email_not_verified');
    expect(await userOf(client)).toBeUndefined();
    const { link } = await mailbox.emailTo(email, CONFIRM_SUBJECT);
    await client.get(`/api/auth/verify-email${link.search}`);
    expect(locationOf(await signInWith(subject, client))).toBe('/tasks');
  });

  it('responds alike to an address with an account, and explains it in an email', async () => {
    const ada = addAccount();
    await signInWith(ada.subject, strict.client());
    const [existing, unknown] = [
      addAccount({ email: ada.email, email_verified: false }),
      addAccount({ email_verified: false }),
    ];
    const responses = [
      await signInWith(existing.subject, strict.client()),
      await signInWith(unknown.subject, strict.client()),
    ];
    expect(responses.map((response) => [response.status, errorOf(response)])).toEqual([
      [302, 'email_not_verified'],
      [302, 'email_not_verified'],
    ]);
    await mailbox.emailTo(ada.email, TAKEN_SUBJECT);
    await mailbox.emailTo(unknown.email, CONFIRM_SUBJECT);
  });
});

describe('connecting a provider in the settings', () => {
  it('works with any address, verified or not, or without one', async () => {
    for (const claims of [{}, { email_verified: false }, { email: undefined }]) {
      const { client, id } = await server.signUp('ada');
      const { subject } = addAccount(claims);
      expect(locationOf(await connect(subject, client))).toBe('/tasks');
      expect(await methodsOf(id)).toEqual(['credential', 'oidc']);
    }
  });

  it('changes neither the name nor the address, and does not verify it', async () => {
    const { client, email } = await server.signUp('ada');
    await connect(addAccount({ name: 'Eve' }).subject, client);
    expect(await userOf(client)).toMatchObject({ name: 'ada', email, emailVerified: false });
  });

  it('signs in the same user afterwards, and tells the owner', async () => {
    const ada = await signUpVerified('ada');
    const { subject } = addAccount({ email_verified: false });
    await connect(subject, ada.client);
    const elsewhere = server.client();
    expect(locationOf(await signInWith(subject, elsewhere))).toBe('/tasks');
    expect((await userOf(elsewhere))!.id).toBe(ada.id);
    await mailbox.emailTo(ada.email, ADDED_SUBJECT);
  });

  it('needs a sign-in in the last ten minutes', async () => {
    const { client, id } = await server.signUp('ada');
    await makeSessionsOlder(id);
    const { status, body } = await start(client, 'link-social');
    expect([status, body.code]).toEqual([403, 'SESSION_NOT_FRESH']);
    expect((await start(server.client(), 'link-social')).status).toBe(401);
  });

  it('is rejected for an account that another user has connected', async () => {
    const [ada, eve] = [await server.signUp('ada'), await server.signUp('eve')];
    const { subject } = addAccount();
    await connect(subject, ada.client);
    expect(errorOf(await connect(subject, eve.client))).toBe('account_already_linked_to_different_user');
    expect(await methodsOf(eve.id)).toEqual(['credential']);
  });

  it('is rejected after the session that began it has ended', async () => {
    const { client, id } = await server.signUp('ada');
    const { subject } = addAccount();
    const { body } = await start(client, 'link-social');
    const back = await provider.authorize(body.url as string, subject);
    await client.post('/api/auth/sign-out');
    expect(errorOf(await follow(client, back))).toBe('unable_to_link_account');
    expect(await methodsOf(id)).toEqual(['credential']);
  });

  it("cannot be completed in another user's browser", async () => {
    const [ada, eve] = [await server.signUp('ada'), await server.signUp('eve')];
    const { body } = await start(eve.client, 'link-social');
    const back = await provider.authorize(body.url as string, addAccount().subject);
    expect(errorOf(await follow(ada.client, back))).toBe('state_mismatch');
    expect([await methodsOf(ada.id), await methodsOf(eve.id)]).toEqual([['credential'], ['credential']]);
  });
});

describe('disconnecting a provider', () => {
  it('ends the other sessions, keeps the current one, and the provider no longer signs in', async () => {
    const ada = await signUpVerified('ada');
    const { subject } = addAccount({ email_verified: false });
    await connect(subject, ada.client);
    const elsewhere = server.client();
    await signInWith(subject, elsewhere);
    expect((await disconnect(ada.client)).status).toBe(200);
    expect(await userOf(elsewhere)).toBeUndefined();
    expect((await userOf(ada.client))!.id).toBe(ada.id);
    const again = server.client();
    await signInWith(subject, again);
    expect((await userOf(again))!.id).not.toBe(ada.id);
  });

  it('is rejected if it is the last way to sign in', async () => {
    const client = server.client();
    await signInWith(addAccount().subject, client);
    const { status, body } = await disconnect(client);
    expect([status, body.code]).toEqual([400, 'FAILED_TO_UNLINK_LAST_ACCOUNT']);
  });

  it('does not count a provider that is no longer configured', async () => {
    const client = server.client();
    await signInWith(addAccount().subject, client);
    const { id } = (await userOf(client))!;
    await sql`
      INSERT INTO auth.account (id, "accountId", "providerId", "userId", "createdAt", "updatedAt")
      VALUES (${randomUUID()}, ${randomUUID()}, 'google', ${id}, now(), now())`.execute(server.db);
    const { body } = await client.get('/api/auth/list-accounts');
    const { id: accountId } = (body as { id: string; providerId: string }[]).find(
      ({ providerId }) => providerId === 'oidc',
    )!;
    expect((await client.post('/api/auth/disconnect-provider', { accountId })).status).toBe(400);
  });

  it('leaves one of two when both are disconnected at the same time', async () => {
    const client = server.client();
    await signInWith(addAccount().subject, client);
    const { id } = (await userOf(client))!;
    await connect(addAccount().subject, client);
    const { body } = await client.get('/api/auth/list-accounts');
    const responses = await Promise.all(
      (body as { id: string }[]).map((account) =>
        client.post('/api/auth/disconnect-provider', { accountId: account.id }),
      ),
    );
    expect(responses.map(({ status }) => status).toSorted()).toEqual([200, 400]);
    expect(await methodsOf(id)).toEqual(['oidc']);
  });

  it("is rejected for the password, another user's account and an unknown one", async () => {
    const [ada, eve] = [await server.signUp('ada'), await server.signUp('eve')];
    await connect(addAccount().subject, ada.client);
    await connect(addAccount().subject, eve.client);
    const { body } = await ada.client.get('/api/auth/list-accounts');
    const password = (body as { id: string; providerId: string }[]).find(
      ({ providerId }) => providerId === 'credential',
    )!;
    for (const accountId of [password.id, await accountIdOf(eve.client), 'unknown']) {
      const response = await ada.client.post('/api/auth/disconnect-provider', { accountId });
      expect([response.status, response.body.code]).toEqual([400, 'ACCOUNT_NOT_FOUND']);
    }
    expect(await methodsOf(eve.id)).toEqual(['credential', 'oidc']);
  });

  it('needs a sign-in in the last ten minutes', async () => {
    const { client, id } = await server.signUp('ada');
    await connect(addAccount().subject, client);
    await makeSessionsOlder(id);
    const { status, body } = await disconnect(client);
    expect([status, body.code]).toEqual([403, 'SESSION_NOT_FRESH']);
  });
});

describe('an account without a password', () => {
  async function signUpWithProvider() {
    const { subject, email } = addAccount();
    const client = server.client();
    await signInWith(subject, client);
    return { client, email, id: (await userOf(client))!.id };
  }
  const addPassword = (client: HttpClient, newPassword = PASSWORD) =>
    client.post('/api/auth/add-password', { newPassword });
  const signIn = (email: string) =>
    server.client().post('/api/auth/sign-in/email', { email, password: PASSWORD });

  it('cannot be entered with a password', async () => {
    const { email } = await signUpWithProvider();
    expect((await signIn(email)).status).toBe(401);
  });

  it('gets a password, which signs in and ends the other sessions, and an email about it', async () => {
    const { client, email, id } = await signUpWithProvider();
    const elsewhere = server.client();
    await signInWith((await subjectOf(id)) ?? '', elsewhere);
    expect((await addPassword(client)).status).toBe(200);
    expect((await signIn(email)).status).toBe(200);
    expect(await userOf(elsewhere)).toBeUndefined();
    expect((await userOf(client))!.id).toBe(id);
    expect((await mailbox.emailTo(email, ADDED_SUBJECT)).text).toContain('with a password');
  });

  async function subjectOf(userId: string) {
    const { rows } = await sql<{ accountId: string }>`
      SELECT "accountId" FROM auth.account WHERE "userId" = ${userId}`.execute(server.db);
    return rows[0]?.accountId.split(' ')[1];
  }

  it.each([
    ['short', 'PASSWORD_TOO_SHORT'],
    ['x'.repeat(129), 'PASSWORD_TOO_LONG'],
  ])('gets no password with a wrong length', async (password, code) => {
    const { client } = await signUpWithProvider();
    expect((await addPassword(client, password)).body.code).toBe(code);
  });

  it('gets one password from two simultaneous requests', async () => {
    const { client, id } = await signUpWithProvider();
    const responses = await server.db.transaction().execute(async (transaction) => {
      await sql`SELECT FROM auth."user" WHERE id = ${id} FOR UPDATE`.execute(transaction);
      const requests = [addPassword(client), addPassword(client)];
      await waitUntil(async () => {
        const { rows } = await sql`
          SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
        `.execute(server.db);
        return rows.length === 2;
      });
      return requests;
    });
    const statuses = (await Promise.all(responses)).map(({ status }) => status);
    expect(statuses.toSorted()).toEqual([200, 400]);
    expect(await methodsOf(id)).toEqual(['credential', 'oidc']);
  });

  it('gets no password with an older session, and none if it has one', async () => {
    const { client, id } = await signUpWithProvider();
    await makeSessionsOlder(id);
    expect((await addPassword(client)).body.code).toBe('SESSION_NOT_FRESH');
    const ada = await server.signUp('ada');
    expect((await addPassword(ada.client, 'another password')).body.code).toBe('PASSWORD_ALREADY_SET');
    expect((await signIn(ada.email)).status).toBe(200);
    expect((await addPassword(server.client())).status).toBe(401);
  });

  it('gets no password from a session that has ended meanwhile', async () => {
    const { client, id } = await signUpWithProvider();
    const { password } = await server.app.get<Auth>(AUTH).$context;
    const { hash } = password;
    jest.spyOn(password, 'hash').mockImplementationOnce(async (text) => {
      await sql`DELETE FROM auth.session WHERE "userId" = ${id}`.execute(server.db);
      return hash(text);
    });
    expect((await addPassword(client)).status).toBe(401);
    expect(await methodsOf(id)).toEqual(['oidc']);
  });

  it('is deleted after a sign-in in the last ten minutes', async () => {
    const { client, id } = await signUpWithProvider();
    await makeSessionsOlder(id);
    const rejected = await client.post('/api/auth/delete-user', {});
    expect([rejected.status, rejected.body.code]).toEqual([403, 'SESSION_NOT_FRESH']);
    expect(await methodsOf(id)).toEqual(['oidc']);

    await signInWith((await subjectOf(id))!, client);
    expect((await client.post('/api/auth/delete-user', {})).status).toBe(200);
    expect(await methodsOf(id)).toEqual([]);
    expect(await userOf(client)).toBeUndefined();
  });

  it('is not deleted with the password of nobody', async () => {
    const { client, id } = await signUpWithProvider();
    expect((await client.post('/api/auth/delete-user', { password: PASSWORD })).status).toBe(400);
    expect(await methodsOf(id)).toEqual(['oidc']);
  });
});

/** Their servers can't be reached from a test, so `fetch` returns what they return. */
describe('the providers that Better Auth knows', () => {
  const email = () => `${randomUUID()}@example.com`;
  const idToken = (claims: object) => ({
    access_token: 'access',
    id_token: `x.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`,
  });

  async function signInAt(id: string, responses: Record<string, object>): Promise<HttpClient> {
    const original = globalThis.fetch;
    const fetch = jest.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
      const { host, pathname } = new URL(input instanceof Request ? input.url : input);
      const response = responses[host + pathname];
      return response ? Response.json(response) : original(input, init);
    });
    const client = builtIn.client();
    const { body } = await start(client, 'sign-in/social', { provider: id });
    const state = new URL(body.url as string).searchParams.get('state');
    await client.get(`/api/auth/callback/${id}?code=x&state=${state}`);
    fetch.mockRestore();
    return client;
  }

  let builtIn: AuthServer;

  beforeAll(async () => {
    builtIn = await startAuthServer({
      GOOGLE_CLIENT_ID: 'id',
      GOOGLE_CLIENT_SECRET: 'secret',
      GITHUB_CLIENT_ID: 'id',
      GITHUB_CLIENT_SECRET: 'secret',
      MICROSOFT_CLIENT_ID: 'id',
      MICROSOFT_CLIENT_SECRET: 'secret',
    });
  });

  it.each([true, false])('takes over from Google whether the address is verified: %s', async (verified) => {
    const claims = {
      sub: randomUUID(),
      email: email(),
      email_verified: verified,
      name: 'Ada',
      picture: 'https://x',
    };
    const client = await signInAt('google', { 'oauth2.googleapis.com/token': idToken(claims) });
    expect(await userOf(client)).toMatchObject({
      email: claims.email,
      emailVerified: verified,
      name: 'Ada',
      image: null,
    });
  });

  it.each([true, false])('takes over from GitHub whether the address is verified: %s', async (verified) => {
    const address = email();
    const client = await signInAt('github', {
      'github.com/login/oauth/access_token': { access_token: 'access' },
      'api.github.com/user': { id: randomUUID(), login: 'ada', name: null, email: null },
      'api.github.com/user/emails': [{ email: address, primary: true, verified }],
    });
    expect(await userOf(client)).toMatchObject({ email: address, emailVerified: verified, name: 'ada' });
  });

  it('never considers an address from Microsoft as verified', async () => {
    const ada = await signUpVerified('ada', builtIn);
    const signInAs = (address: string) =>
      signInAt('microsoft', {
        'login.microsoftonline.com/common/oauth2/v2.0/token': idToken({
          oid: randomUUID(),
          email: address,
          email_verified: true,
          verified_primary_email: [address],
          name: 'Eve',
        }),
      });
    expect(await userOf(await signInAs(email()))).toMatchObject({ emailVerified: false, name: 'Eve' });
    expect(await userOf(await signInAs(ada.email))).toBeUndefined();
  });
});

describe('an unavailable provider', () => {
  it('neither delays the start nor prevents other sign-ins, and is found when it is back', async () => {
    const hanging = createServer();
    await once(hanging.listen(0, 'localhost'), 'listening');
    const { port } = hanging.address() as AddressInfo;
    const startedAt = performance.now();
    const waiting = await startAuthServer(oidcVariables(`http://localhost:${port}`));
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    expect((await waiting.signUp('ada')).id).toBeTruthy();
    hanging.closeAllConnections();
    await once(hanging.close(), 'close');
    expect((await start(waiting.client())).status).toBe(404);

    const back = await startOpenIdProvider(ORIGIN, { port });
    closeAfterTests(() => back.close());
    const subject = randomUUID();
    back.accounts.set(subject, { email: `${subject}@example.com`, email_verified: true });
    const client = waiting.client();
    const { body } = await start(client);
    const response = await follow(client, await back.authorize(body.url as string, subject));
    expect(locationOf(response)).toBe('/tasks');
  });
});

it('never logs the client secret, codes, tokens or addresses', async () => {
  const process = await startAuthProcess((await createDatabase()).url, {
    ...oidcVariables(),
    LOG_LEVEL: 'trace',
  });
  const client = new HttpClient(process.url, { origin: ORIGIN });
  const { subject, email } = addAccount();
  const back = await provider.authorize((await start(client)).body.url as string, subject);
  await follow(client, back);
  const broken = await provider.authorize((await start(client)).body.url as string, subject);
  broken.searchParams.set('code', 'wrong-code');
  expect(errorOf(await follow(client, broken))).toBe('invalid_code');
  const output = process.output();
  expect(output).toContain('/api/auth/callback/:id');
  for (const secret of [
    provider.clientSecret,
    back.searchParams.get('code')!,
    'wrong-code',
    email,
    subject,
  ]) {
    expect(output).not.toContain(secret);
  }
});
