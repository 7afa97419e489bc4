import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { appName } from '../src/mail/app-name.js';
import { Mailer, outboxTransport } from '../src/mail/mailer.js';
import { resetPasswordMessage } from '../src/mail/messages.js';
import { type AuthServer, startAuthServer } from './auth-server.js';
import { ORIGIN, PASSWORD } from './environment.js';
import { Mailbox } from './mailbox.js';
import { teardown } from './teardown.js';

const NEW_PASSWORD = 'a new password';
const CONFIRM_SUBJECT = new RegExp(`^Confirm your email address for ${appName}$`);
const RESET_SUBJECT = new RegExp(`^Reset your ${appName} password$`);
const TAKEN_SUBJECT = new RegExp(`^You already have an account with ${appName}$`);

let mailbox: Mailbox;

beforeAll(async () => {
  mailbox = await Mailbox.open();
});

beforeEach(() => {
  mailbox.delayMs = 0;
  mailbox.rejectsAll = false;
});

afterAll(teardown);

const resetEmail = (email: string) => mailbox.emailTo(email, RESET_SUBJECT);

describe('with optional email verification', () => {
  let server: AuthServer;

  beforeAll(async () => {
    server = await startAuthServer({ SMTP_URL: mailbox.url });
  });

  const isVerified = async (id: string) => {
    const { rows } = await sql<{ emailVerified: boolean }>`
      SELECT "emailVerified" FROM auth."user" WHERE id = ${id}`.execute(server.db);
    return rows[0]?.emailVerified;
  };
  const requestReset = (email: string) => server.client().post('/api/auth/request-password-reset', { email });
  const reset = (token: string | null, newPassword = NEW_PASSWORD) =>
    server.client().post('/api/auth/reset-password', { token, newPassword });
  const signIn = (email: string, password: string) =>
    server.client().post('/api/auth/sign-in/email', { email, password });

  it('verifies the address with a link to the web app', async () => {
    const { id, email } = await server.signUp('ada');
    const { from, link } = await mailbox.emailTo(email, CONFIRM_SUBJECT);
    expect(from).toBe('no-reply@app.test');
    expect(link.href.split('?')[0]).toBe(`${ORIGIN}/verify-email`);
    expect(await isVerified(id)).toBe(false);

    const response = await server.client().get(`/api/auth/verify-email${link.search}`);
    expect(response.status).toBe(200);
    expect(response.headers.getSetCookie()).toEqual([]);
    expect(await isVerified(id)).toBe(true);
  });

  it('sends the verification link again on request', async () => {
    const { email } = await server.signUp('ada');
    await mailbox.emailTo(email, CONFIRM_SUBJECT);
    mailbox.emails.length = 0;
    const response = await server.client().post('/api/auth/send-verification-email', { email });
    expect(response.status).toBe(200);
    await mailbox.emailTo(email, CONFIRM_SUBJECT);
  });

  it('rejects a forged or modified verification link', async () => {
    const { id, email } = await server.signUp('ada');
    const { link } = await mailbox.emailTo(email, CONFIRM_SUBJECT);
    const [head, , signature] = link.searchParams.get('token')!.split('.');
    const payload = Buffer.from(JSON.stringify({ email, userId: id, exp: 9_999_999_999 })).toString(
      'base64url',
    );
    for (const token of [`${head}.${payload}.${signature}`, `${head}.${payload}.`, 'x']) {
      expect((await server.client().get(`/api/auth/verify-email?token=${token}`)).status).toBe(401);
    }
    expect(await isVerified(id)).toBe(false);
  });

  it('resets the password once per link, and signs the user out everywhere', async () => {
    const { client, email } = await server.signUp('ada');
    await requestReset(email);
    const { link } = await resetEmail(email);
    expect(link.href.split('?')[0]).toBe(`${ORIGIN}/reset-password`);
    const token = link.searchParams.get('token');

    expect((await reset(token)).status).toBe(200);
    expect((await signIn(email, PASSWORD)).status).toBe(401);
    expect((await signIn(email, NEW_PASSWORD)).status).toBe(200);
    expect((await client.get('/api/auth/token')).status).toBe(401);
    expect((await reset(token, 'yet another password')).status).toBe(400);
  });

  it('invalidates all other reset links when one is used', async () => {
    const { email } = await server.signUp('ada');
    await requestReset(email);
    const first = (await resetEmail(email)).link.searchParams.get('token');
    mailbox.emails.length = 0;
    await requestReset(email);
    const second = (await resetEmail(email)).link.searchParams.get('token');

    expect((await reset(second)).status).toBe(200);
    expect((await reset(first, 'yet another password')).status).toBe(400);
  });

  it('stores reset tokens only as hashes', async () => {
    const { email } = await server.signUp('ada');
    await requestReset(email);
    const token = (await resetEmail(email)).link.searchParams.get('token')!;
    const { rows } = await sql`SELECT * FROM auth.verification`.execute(server.db);
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toContain(token);
  });

  it('rejects a reset link after one hour', async () => {
    const { email } = await server.signUp('ada');
    await requestReset(email);
    const { link } = await resetEmail(email);
    await sql`UPDATE auth.verification SET "expiresAt" = "expiresAt" - INTERVAL '61 minutes'`.execute(
      server.db,
    );
    expect((await reset(link.searchParams.get('token'))).status).toBe(400);
  });

  it('reveals neither by its response nor by its time whether an account exists', async () => {
    const { email } = await server.signUp('ada');
    mailbox.delayMs = 1_000;
    const times: number[] = [];
    const responses = [];
    for (const address of [email, 'nobody@example.com']) {
      const start = performance.now();
      responses.push(await requestReset(address));
      times.push(performance.now() - start);
    }
    expect(responses[0]).toMatchObject({ status: 200, body: responses[1]?.body });
    expect(Math.min(...times)).toBeGreaterThan(290);
    expect(Math.max(...times)).toBeLessThan(900);
  });

  it('responds the same way if the mail server rejects the email', async () => {
    const { email } = await server.signUp('ada');
    mailbox.rejectsAll = true;
    expect((await requestReset(email)).status).toBe(200);
    expect((await requestReset('nobody@example.com')).status).toBe(200);
  });

  it('never puts user input into an email', async () => {
    const email = 'victim@example.com';
    const name = 'Win at https://evil.example';
    await server.client().post('/api/auth/sign-up/email', { email, name, password: PASSWORD });
    expect((await mailbox.emailTo(email, CONFIRM_SUBJECT)).text).not.toContain('evil');
  });

  it('uses the sender address in SMTP_URL', async () => {
    const named = await startAuthServer({ SMTP_URL: `${mailbox.url}?from=hello@example.com` });
    const { email } = await named.signUp('ada');
    expect((await mailbox.emailTo(email, CONFIRM_SUBJECT)).from).toBe('hello@example.com');
  });
});

describe('with required email verification', () => {
  let server: AuthServer;

  beforeAll(async () => {
    server = await startAuthServer({ SMTP_URL: mailbox.url, REQUIRE_EMAIL_VERIFICATION: 'true' });
  });

  const signUp = (email: string) =>
    server.client().post('/api/auth/sign-up/email', { name: 'ada', email, password: PASSWORD });
  const signIn = (email: string) =>
    server.client().post('/api/auth/sign-in/email', { email, password: PASSWORD });

  it('rejects sign-in until the address is verified', async () => {
    const email = 'ada@example.com';
    const signedUp = await signUp(email);
    expect(signedUp).toMatchObject({ status: 200, body: { token: null } });
    expect(signedUp.headers.getSetCookie()).toEqual([]);
    expect((await signIn(email)).body).toMatchObject({ code: 'EMAIL_NOT_VERIFIED' });

    const { link } = await mailbox.emailTo(email, CONFIRM_SUBJECT);
    await server.client().get(`/api/auth/verify-email${link.search}`);
    expect((await signIn(email)).status).toBe(200);
  });

  it('responds to a sign-up with a taken address like to any other, and emails its owner', async () => {
    const email = 'bob@example.com';
    const [first, second] = [await signUp(email), await signUp(email)];
    expect(second.status).toBe(first.status);
    expect(Object.keys(second.body.user).toSorted()).toEqual(Object.keys(first.body.user).toSorted());
    await mailbox.emailTo(email, TAKEN_SUBJECT);
  });
});

describe('without a mail server in production', () => {
  const problem = { status: 503, body: { title: 'Service Unavailable', detail: expect.any(String) } };

  it('signs users up, and returns 503 for every request that needs email', async () => {
    const server = await startAuthServer({ NODE_ENV: 'production' });
    const { email } = await server.signUp('ada');
    for (const path of ['request-password-reset', 'send-verification-email']) {
      const known = await server.client().post(`/api/auth/${path}`, { email });
      const unknown = await server.client().post(`/api/auth/${path}`, { email: 'nobody@example.com' });
      expect(known).toMatchObject(problem);
      expect(unknown).toMatchObject(problem);
    }
  });

  it('returns 503 for a sign-up that requires verification', async () => {
    const server = await startAuthServer({ NODE_ENV: 'production', REQUIRE_EMAIL_VERIFICATION: 'true' });
    const body = { name: 'ada', email: 'ada@example.com', password: PASSWORD };
    expect(await server.client().post('/api/auth/sign-up/email', body)).toMatchObject(problem);
  });
});

it('writes each email to its own file in development, readable only by its owner', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'outbox-'));
  const outbox = join(directory, 'outbox');
  const mailer = new Mailer(outboxTransport(outbox));
  for (let count = 0; count < 3; count++) {
    mailer.send('ada@example.com', resetPasswordMessage(ORIGIN, 'secret-token'));
  }
  await mailer.onApplicationShutdown();

  const files = await readdir(outbox);
  expect(files).toHaveLength(3);
  expect(files.join()).not.toMatch(/ada|token/);
  const file = join(outbox, files[0]!);
  expect(await readFile(file, 'utf8')).toContain(`${ORIGIN}/reset-password?token=secret-token\n`);
  const openToOthers = process.platform !== 'win32' && (await stat(file)).mode & 0o077;
  expect(openToOthers).toBeFalsy();
  await rm(directory, { recursive: true });
});
