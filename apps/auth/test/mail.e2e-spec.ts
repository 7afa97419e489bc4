import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { appName } from '../src/mail/brand.js';
import { Mailer } from '../src/mail/mailer.js';
import { fileTransport } from '../src/mail/transports.js';
import { type AuthServer, startAuthServer } from './auth-server.js';
import { withoutCachedHashes } from './cached-password-hashes.js';
import { ORIGIN, PASSWORD } from './environment.js';
import { Mailbox } from './mailbox.js';
import { teardown } from './teardown.js';
import { waitUntil } from './wait-until.js';

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

  const linkProvider = (id: string) =>
    sql`
      INSERT INTO auth.account (id, "accountId", "providerId", "userId", "createdAt", "updatedAt")
      VALUES (${randomUUID()}, 'ada-at-google', 'google', ${id}, now(), now())`.execute(server.db);
  /** A request to link a provider, as Better Auth stores it until the provider redirects back. */
  const addPendingLink = (id: string) =>
    sql`
      INSERT INTO auth.verification (id, identifier, value, "expiresAt", "createdAt", "updatedAt")
      VALUES (${randomUUID()}, 'state', ${JSON.stringify({ link: { userId: id } })}, now() + INTERVAL '1 hour',
              now(), now())`.execute(server.db);
  const credentials = async (id: string) => {
    const { rows } = await sql`
      SELECT ARRAY(SELECT "providerId" FROM auth.account WHERE "userId" = ${id} ORDER BY 1) AS providers,
        (SELECT count(*)::int FROM auth.session WHERE "userId" = ${id}) AS sessions,
        (SELECT count(*)::int FROM auth.verification WHERE strpos(value, ${id}) > 0) AS links`.execute(
      server.db,
    );
    return rows[0];
  };

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

  it('verifies the address, and ends every other credential', async () => {
    const { id, email, client } = await server.signUp('eve');
    const intruder = server.client();
    await intruder.post('/api/auth/sign-in/email', { email, password: PASSWORD });
    await linkProvider(id);
    await addPendingLink(id);
    await requestReset(email);
    const { link } = await resetEmail(email);

    expect((await reset(link.searchParams.get('token'))).status).toBe(200);
    expect(await isVerified(id)).toBe(true);
    expect(await credentials(id)).toEqual({ providers: ['credential'], sessions: 0, links: 0 });
    for (const signedIn of [client, intruder]) {
      expect((await signedIn.get('/api/auth/token')).status).toBe(401);
    }
    expect((await signIn(email, NEW_PASSWORD)).status).toBe(200);
  });

  it('disconnects the providers of an account that was verified before, too', async () => {
    const { id, email } = await server.signUp('ada');
    await sql`UPDATE auth."user" SET "emailVerified" = true WHERE id = ${id}`.execute(server.db);
    await linkProvider(id);
    await requestReset(email);
    const { link } = await resetEmail(email);

    expect((await reset(link.searchParams.get('token'))).status).toBe(200);
    expect(await credentials(id)).toEqual({ providers: ['credential'], sessions: 0, links: 0 });
  });

  it('changes nothing if a step of the reset fails, and the link still works', async () => {
    const { id, email } = await server.signUp('ada');
    await linkProvider(id);
    await requestReset(email);
    const token = (await resetEmail(email)).link.searchParams.get('token');
    await sql`
      CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''failed''; END'
    `.execute(server.db);
    await sql`
      CREATE TRIGGER fail BEFORE DELETE ON auth.account FOR EACH ROW EXECUTE FUNCTION fail()
    `.execute(server.db);
    expect((await reset(token)).status).toBeGreaterThanOrEqual(500);
    await sql`DROP FUNCTION fail CASCADE`.execute(server.db);
    expect(await credentials(id)).toMatchObject({ providers: ['credential', 'google'] });
    expect((await signIn(email, PASSWORD)).status).toBe(200);

    expect((await reset(token)).status).toBe(200);
    expect(await credentials(id)).toEqual({ providers: ['credential'], sessions: 0, links: 0 });
    expect((await signIn(email, NEW_PASSWORD)).status).toBe(200);
  });

  it('does not verify an address by a request for a reset or an invalid reset link', async () => {
    const { id, email } = await server.signUp('ada');
    await requestReset(email);
    await resetEmail(email);
    expect((await reset('invalid')).status).toBe(400);
    expect(await isVerified(id)).toBe(false);
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
    mailbox.delayMs = 3_000;
    const times: number[] = [];
    const responses = [];
    for (const address of [email, 'nobody@example.com']) {
      const start = performance.now();
      responses.push(await requestReset(address));
      times.push(performance.now() - start);
    }
    expect(responses[0]).toMatchObject({ status: 200, body: responses[1]?.body });
    expect(Math.min(...times)).toBeGreaterThan(290);
    expect(Math.max(...times)).toBeLessThan(mailbox.delayMs);
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
    expect((await mailbox.emailTo(email, CONFIRM_SUBJECT)).text).not.toContain('evil.example');
  });

  it('sends HTML that loads nothing, and the same text as an alternative', async () => {
    const { email } = await server.signUp('ada');
    const { head, text, html, link } = await mailbox.emailTo(email, CONFIRM_SUBJECT);
    expect(head).toContain('multipart/alternative');
    expect(head).toContain(`From: ${appName} <no-reply@app.test>`);
    expect(html.match(/(?:href|src)="[^"]*"/g)).toEqual([`href="${link.href}"`, `href="${link.href}"`]);
    expect(html).not.toMatch(/<(?:img|link|script|iframe)|url\(|@import/i);
    expect(html).toContain('prefers-color-scheme: dark');
    expect(text).not.toContain('<');
    for (const paragraph of text.split('\n\n').slice(1)) {
      expect(html).toContain(paragraph.split('\n').at(-1)!.trim());
    }
  });

  it('uses the sender address in SMTP_URL', async () => {
    const named = await startAuthServer({ SMTP_URL: `${mailbox.url}?from=hello@example.com` });
    const { email } = await named.signUp('ada');
    expect((await mailbox.emailTo(email, CONFIRM_SUBJECT)).from).toBe('hello@example.com');
  });
});

/**
 * Sends two kinds of requests in turn, five times, and returns the shortest time of each, in ms. Other programs only make a
 * request slower, so up to 20 more rounds follow while one kind seems to take much longer than the other.
 */
async function measureInTurn(
  ...kinds: [() => Promise<unknown>, () => Promise<unknown>]
): Promise<[number, number]> {
  const shortest: [number, number] = [Infinity, Infinity];
  const differ = () => Math.max(...shortest) > 1.5 * Math.min(...shortest);
  for (let round = 0; round < 5 || (differ() && round < 25); round++) {
    for (const [index, send] of kinds.entries()) {
      const startedAt = performance.now();
      await send();
      shortest[index] = Math.min(shortest[index]!, performance.now() - startedAt);
    }
  }
  return shortest;
}

describe('with required email verification', () => {
  let server: AuthServer;

  beforeAll(async () => {
    server = await startAuthServer({ SMTP_URL: mailbox.url, REQUIRE_EMAIL_VERIFICATION: 'true' });
  });

  const signUp = (email: string, more = {}) =>
    server.client().post('/api/auth/sign-up/email', { name: 'ada', email, password: PASSWORD, ...more });
  const signIn = (email: string, password = PASSWORD, at = server) =>
    at.client().post('/api/auth/sign-in/email', { email, password });

  it('rejects sign-in until the address is verified, and sends the verification link again', async () => {
    const email = 'ada@example.com';
    const signedUp = await signUp(email);
    expect(signedUp).toMatchObject({ status: 200, body: { token: null } });
    expect(signedUp.headers.getSetCookie()).toEqual([]);
    await mailbox.emailTo(email, CONFIRM_SUBJECT);
    mailbox.emails.length = 0;
    expect((await signIn(email)).status).toBe(401);

    const { link } = await mailbox.emailTo(email, CONFIRM_SUBJECT);
    await server.client().get(`/api/auth/verify-email${link.search}`);
    expect((await signIn(email)).status).toBe(200);
  });

  it('does not tell a taken address from a free one by a sign-up followed by a sign-in', async () => {
    const [taken, free] = ['taken@example.com', 'free@example.com'];
    await signUp(taken);
    const { link } = await mailbox.emailTo(taken, CONFIRM_SUBJECT);
    await server.client().get(`/api/auth/verify-email${link.search}`);

    const password = 'chosen by the attacker';
    const probe = async (email: string) => {
      const signedUp = await signUp(email, { password });
      const { status, headers, body } = await signIn(email, password);
      const names = [...headers.keys()].filter((name) => name !== 'x-request-id');
      return { signedUp: signedUp.status, status, body, names, length: headers.get('content-length') };
    };
    const [ofTaken, ofFree] = [await probe(taken), await probe(free)];
    expect(ofFree).toEqual(ofTaken);
    expect(ofTaken).toMatchObject({ status: 401, body: { code: 'INVALID_EMAIL_OR_PASSWORD' } });
  });

  it(
    'signs up in the same time for a free address as for a taken one, and before the email is sent',
    withoutCachedHashes(async () => {
      const taken = 'taken-timed@example.com';
      await signUp(taken);
      mailbox.delayMs = 3_000;
      let free = 0;
      const [ofTaken, ofFree] = await measureInTurn(
        async () => expect((await signUp(taken)).status).toBe(200),
        async () => expect((await signUp(`free-${++free}@example.com`)).status).toBe(200),
      );
      expect(Math.min(ofTaken, ofFree)).toBeGreaterThan(290);
      expect(Math.max(ofTaken, ofFree)).toBeLessThan(mailbox.delayMs);
      expect(ofTaken / ofFree).toBeGreaterThan(0.5);
      expect(ofTaken / ofFree).toBeLessThan(2);
    }),
  );

  it(
    'takes as long to reject the right password of an unverified account as a wrong one',
    withoutCachedHashes(async () => {
      const email = 'timed@example.com';
      await signUp(email);
      mailbox.delayMs = 1_000;
      const [right, wrong] = await measureInTurn(
        () => signIn(email),
        () => signIn(email, 'a wrong password'),
      );
      expect(right / wrong).toBeGreaterThan(0.5);
      expect(right / wrong).toBeLessThan(2);
    }),
  );

  it.each([
    ['name', { name: 'a'.repeat(201) }],
    ['image', { image: 'http://example.com/ada.png' }],
  ])('rejects an invalid %s at sign-up for a taken address, too', async (_field, more) => {
    const email = 'validated@example.com';
    await signUp(email);
    expect((await signUp(email, more)).status).toBe(400);
    expect((await signUp('nobody@example.com', more)).status).toBe(400);
  });

  it('sends at most five verification emails per hour, and responds the same way after that', async () => {
    const limited = await startAuthServer({
      NODE_ENV: 'production',
      SMTP_URL: mailbox.url,
      REQUIRE_EMAIL_VERIFICATION: 'true',
    });
    const email = 'limited@example.com';
    const body = { name: 'ada', email, password: PASSWORD };
    expect((await limited.client().post('/api/auth/sign-up/email', body)).status).toBe(200);
    for (let attempt = 0; attempt < 8; attempt++) {
      expect((await signIn(email, PASSWORD, limited)).status).toBe(401);
    }
    const received = () => mailbox.emails.filter(({ to }) => to.includes(email)).length;
    await waitUntil(() => received() >= 5);
    await waitUntil(async () => (await sql`SELECT FROM auth.emails`.execute(limited.db)).rows.length === 0);
    expect(received()).toBe(5);
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

it('writes each email to its own files in development, readable only by their owner', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'outbox-'));
  const outbox = join(directory, 'outbox');
  const server = await startAuthServer();
  const mailer = new Mailer(server.db, {
    transport: fileTransport(outbox),
    baseUrl: ORIGIN,
    secret: 'only-for-this-test',
  });
  for (let count = 0; count < 3; count++) {
    await mailer.send('reset-password', { email: 'recipient@example.com' }, { token: 'secret-token' });
  }
  const files = () => readdir(outbox).catch(() => []);
  await waitUntil(async () => (await files()).filter((file) => file.endsWith('.txt')).length === 3);
  await mailer.beforeApplicationShutdown();

  const written = await files();
  expect(written).toHaveLength(6);
  expect(written.join()).not.toMatch(/recipient|token/);
  const link = `${ORIGIN}/reset-password?token=secret-token`;
  for (const file of written) {
    const content = await readFile(join(outbox, file), 'utf8');
    expect(content).toContain(file.endsWith('.txt') ? `${link}\n` : `href="${link}"`);
    const openToOthers = process.platform !== 'win32' && (await stat(join(outbox, file))).mode & 0o077;
    expect(openToOthers).toBeFalsy();
  }
  await rm(directory, { recursive: true });
});
