import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { Mailer, outboxTransport } from '../src/mail/mailer.js';
import { resetPasswordMail } from '../src/mail/messages.js';
import { type AuthServer, startAuthServer } from './auth-server.js';
import { teardown } from './teardown.js';
import { Mailbox } from './mailbox.js';
import { ORIGIN, PASSWORD } from './environment.js';

const NEW_PASSWORD = 'a new password';

let mailbox: Mailbox;

beforeAll(async () => {
  mailbox = await Mailbox.open();
});

beforeEach(() => {
  mailbox.delayMs = 0;
  mailbox.refuses = false;
});

afterAll(teardown);

const resetMail = (email: string) => mailbox.mailTo(email, /new password/);

describe('with verification offered', () => {
  let server: AuthServer;

  beforeAll(async () => {
    server = await startAuthServer({ SMTP_URL: mailbox.url });
  });

  const isVerified = async (id: string) => {
    const { rows } = await sql<{ emailVerified: boolean }>`
      select "emailVerified" from auth."user" where id = ${id}`.execute(server.db);
    return rows[0]?.emailVerified;
  };
  const askForReset = (email: string) => server.browser().post('/api/auth/request-password-reset', { email });
  const reset = (token: string | null, newPassword = NEW_PASSWORD) =>
    server.browser().post('/api/auth/reset-password', { token, newPassword });
  const signIn = (email: string, password: string) =>
    server.browser().post('/api/auth/sign-in/email', { email, password });

  it('mails a link to the page of the web app, which verifies the address', async () => {
    const { id, email } = await server.signUp('ada');
    const { from, link } = await mailbox.mailTo(email, /Confirm/);
    expect(from).toBe('no-reply@app.test');
    expect(link.href.split('?')[0]).toBe(`${ORIGIN}/verify-email`);
    expect(await isVerified(id)).toBe(false);

    const answer = await server.browser().get(`/api/auth/verify-email${link.search}`);
    expect(answer.status).toBe(200);
    expect(answer.headers.getSetCookie()).toEqual([]);
    expect(await isVerified(id)).toBe(true);
  });

  it('mails the link again when asked', async () => {
    const { email } = await server.signUp('ada');
    await mailbox.mailTo(email, /Confirm/);
    mailbox.mails.length = 0;
    const answer = await server.browser().post('/api/auth/send-verification-email', { email });
    expect(answer.status).toBe(200);
    await mailbox.mailTo(email, /Confirm/);
  });

  it('verifies nothing with a forged or changed link', async () => {
    const { id, email } = await server.signUp('ada');
    const { link } = await mailbox.mailTo(email, /Confirm/);
    const [head, , signature] = link.searchParams.get('token')!.split('.');
    const payload = Buffer.from(JSON.stringify({ email, userId: id, exp: 9_999_999_999 })).toString(
      'base64url',
    );
    for (const token of [`${head}.${payload}.${signature}`, `${head}.${payload}.`, 'x']) {
      expect((await server.browser().get(`/api/auth/verify-email?token=${token}`)).status).toBe(401);
    }
    expect(await isVerified(id)).toBe(false);
  });

  it('resets a password by a mailed link, once, and ends every session', async () => {
    const { browser, email } = await server.signUp('ada');
    await askForReset(email);
    const { link } = await resetMail(email);
    expect(link.href.split('?')[0]).toBe(`${ORIGIN}/reset-password`);
    const token = link.searchParams.get('token');

    expect((await reset(token)).status).toBe(200);
    expect((await signIn(email, PASSWORD)).status).toBe(401);
    expect((await signIn(email, NEW_PASSWORD)).status).toBe(200);
    expect((await browser.get('/api/auth/token')).status).toBe(401);
    expect((await reset(token, 'yet another password')).status).toBe(400);
  });

  it('has one used link void all others', async () => {
    const { email } = await server.signUp('ada');
    await askForReset(email);
    const first = (await resetMail(email)).link.searchParams.get('token');
    mailbox.mails.length = 0;
    await askForReset(email);
    const second = (await resetMail(email)).link.searchParams.get('token');

    expect((await reset(second)).status).toBe(200);
    expect((await reset(first, 'yet another password')).status).toBe(400);
  });

  it('keeps no reset link that a reader of the database could use', async () => {
    const { email } = await server.signUp('ada');
    await askForReset(email);
    const token = (await resetMail(email)).link.searchParams.get('token')!;
    const { rows } = await sql`select * from auth.verification`.execute(server.db);
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toContain(token);
  });

  it('refuses a reset link that is over an hour old', async () => {
    const { email } = await server.signUp('ada');
    await askForReset(email);
    const { link } = await resetMail(email);
    await sql`update auth.verification set "expiresAt" = "expiresAt" - interval '61 minutes'`.execute(
      server.db,
    );
    expect((await reset(link.searchParams.get('token'))).status).toBe(400);
  });

  it('does not tell by its answer, nor by its time, whether an address has an account', async () => {
    const { email } = await server.signUp('ada');
    mailbox.delayMs = 1_000;
    const times: number[] = [];
    const answers = [];
    for (const address of [email, 'nobody@example.com']) {
      const begin = performance.now();
      answers.push(await askForReset(address));
      times.push(performance.now() - begin);
    }
    expect(answers[0]).toMatchObject({ status: 200, body: answers[1]?.body });
    expect(Math.min(...times)).toBeGreaterThan(290);
    expect(Math.max(...times)).toBeLessThan(900);
  });

  it('answers alike when the mail server refuses', async () => {
    const { email } = await server.signUp('ada');
    mailbox.refuses = true;
    expect((await askForReset(email)).status).toBe(200);
    expect((await askForReset('nobody@example.com')).status).toBe(200);
  });

  it('never puts what a user wrote into a mail', async () => {
    const email = 'victim@example.com';
    const name = 'Win at https://evil.example';
    await server.browser().post('/api/auth/sign-up/email', { email, name, password: PASSWORD });
    expect((await mailbox.mailTo(email, /Confirm/)).text).not.toContain('evil');
  });

  it('sends from the address that SMTP_URL names', async () => {
    const named = await startAuthServer({ SMTP_URL: `${mailbox.url}?from=hello@example.com` });
    const { email } = await named.signUp('ada');
    expect((await mailbox.mailTo(email, /Confirm/)).from).toBe('hello@example.com');
  });
});

describe('with verification required', () => {
  let server: AuthServer;

  beforeAll(async () => {
    server = await startAuthServer({ SMTP_URL: mailbox.url, REQUIRE_EMAIL_VERIFICATION: 'true' });
  });

  const signUp = (email: string) =>
    server.browser().post('/api/auth/sign-up/email', { name: 'ada', email, password: PASSWORD });
  const signIn = (email: string) =>
    server.browser().post('/api/auth/sign-in/email', { email, password: PASSWORD });

  it('lets nobody in before the address is verified', async () => {
    const email = 'ada@example.com';
    const signedUp = await signUp(email);
    expect(signedUp).toMatchObject({ status: 200, body: { token: null } });
    expect(signedUp.headers.getSetCookie()).toEqual([]);
    expect((await signIn(email)).body).toMatchObject({ code: 'EMAIL_NOT_VERIFIED' });

    const { link } = await mailbox.mailTo(email, /Confirm/);
    await server.browser().get(`/api/auth/verify-email${link.search}`);
    expect((await signIn(email)).status).toBe(200);
  });

  it('answers a sign-up with a taken address like any other, and tells its owner', async () => {
    const email = 'bob@example.com';
    const [first, second] = [await signUp(email), await signUp(email)];
    expect(second.status).toBe(first.status);
    expect(Object.keys(second.body.user).toSorted()).toEqual(Object.keys(first.body.user).toSorted());
    await mailbox.mailTo(email, /already have an account/);
  });
});

describe('without a mail server in production', () => {
  const problem = { status: 503, body: { title: 'Service Unavailable', detail: expect.any(String) } };

  it('answers what needs mail with 503 for every address alike, and signs people up', async () => {
    const server = await startAuthServer({ NODE_ENV: 'production' });
    const { email } = await server.signUp('ada');
    for (const path of ['request-password-reset', 'send-verification-email']) {
      const known = await server.browser().post(`/api/auth/${path}`, { email });
      const unknown = await server.browser().post(`/api/auth/${path}`, { email: 'nobody@example.com' });
      expect(known).toMatchObject(problem);
      expect(unknown).toMatchObject(problem);
    }
  });

  it('refuses a sign-up that nobody could ever verify', async () => {
    const server = await startAuthServer({ NODE_ENV: 'production', REQUIRE_EMAIL_VERIFICATION: 'true' });
    const body = { name: 'ada', email: 'ada@example.com', password: PASSWORD };
    expect(await server.browser().post('/api/auth/sign-up/email', body)).toMatchObject(problem);
  });
});

it('writes mails to files of their own in development, for nobody else to read', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'outbox-'));
  const outbox = join(directory, 'outbox');
  const mailer = new Mailer(outboxTransport(outbox));
  for (let mail = 0; mail < 3; mail++)
    mailer.send('ada@example.com', resetPasswordMail(ORIGIN, 'secret-token'));
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
