import { afterAll, beforeAll, beforeEach, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { sql } from 'kysely';
import type { TestDatabase } from '../../../tools/test/database.js';
import { CleanupService } from '../src/cleanup/cleanup.service.js';
import { Mailer } from '../src/mail/mailer.js';
import './cached-password-hashes.js';
import { startAuthProcess } from './auth-process.js';
import { type AuthServer, startAuthServerOn } from './auth-server.js';
import { createDatabase, ORIGIN, PASSWORD } from './environment.js';
import { HttpClient } from './http-client.js';
import { Mailbox } from './mailbox.js';
import { closeAfterTests, teardown } from './teardown.js';
import { waitUntil } from './wait-until.js';

let database: TestDatabase;
let mailbox: Mailbox;
let server: AuthServer;

beforeAll(async () => {
  database = await createDatabase();
  mailbox = await Mailbox.open();
  server = await startAuthServerOn(database.url, { SMTP_URL: mailbox.url });
});

beforeEach(async () => {
  mailbox.delayMs = 0;
  mailbox.rejectsAll = false;
  mailbox.emails.length = 0;
  mailbox.attempts = 0;
  await sql`DELETE FROM auth.emails`.execute(server.db);
});

afterAll(teardown);

interface QueuedEmail {
  id: string;
  user_id: string | null;
  content: string;
  attempts: number;
  /** Time until the next attempt. */
  seconds: number;
}

const queuedEmails = async () => {
  const { rows } = await sql<QueuedEmail>`
    SELECT id, user_id, content, attempts, extract(epoch FROM next_attempt_at - now())::int AS seconds
    FROM auth.emails`.execute(server.db);
  return rows;
};

/** Moves the next attempts into the past, as if this time had passed. */
const advanceTime = (seconds: number) =>
  sql`UPDATE auth.emails SET next_attempt_at = next_attempt_at - make_interval(secs => ${seconds})`.execute(
    server.db,
  );

/** Makes the server check the outbox at once instead of after its poll interval. */
const sendNow = (at = server) => at.app.get(Mailer)['worker'].wake();

const isEmpty = async () => (await queuedEmails()).length === 0;
/** On a slow machine, one email can fail again before another one fails for the first time. */
const hasFailed = async (times: number) =>
  (await queuedEmails()).every(({ attempts, seconds }) => attempts >= times && seconds <= 2 ** attempts);

it('sends the email of a sign-up when the email server is up again, and deletes it then', async () => {
  await mailbox.stop();
  const { email, id } = await server.signUp('ada');
  expect(await queuedEmails()).toMatchObject([{ user_id: id }]);
  for (const attempts of [1, 2, 3]) {
    await waitUntil(() => hasFailed(attempts));
    await advanceTime(2 ** attempts);
    if (attempts < 3) {
      sendNow();
    }
  }
  await mailbox.start();
  sendNow();
  await mailbox.emailTo(email, /Confirm/);
  await waitUntil(isEmpty);
  expect(mailbox.emails).toHaveLength(1);
});

it('sends the email of a sign-up after the process was killed while it sent the email', async () => {
  await server.close();
  mailbox.delayMs = 60_000;
  const victim = await startAuthProcess(database.url, { SMTP_URL: mailbox.url });
  const email = 'killed@example.com';
  const { status } = await new HttpClient(victim.url, { origin: ORIGIN }).post('/api/auth/sign-up/email', {
    name: 'ada',
    email,
    password: PASSWORD,
  });
  expect(status).toBe(200);
  await waitUntil(() => mailbox.attempts === 1);
  await victim.kill();

  mailbox.delayMs = 0;
  server = await startAuthServerOn(database.url, { SMTP_URL: mailbox.url });
  expect(await queuedEmails()).toMatchObject([{ attempts: 1 }]);
  await advanceTime(121);
  sendNow();
  await mailbox.emailTo(email, /Confirm/);
  await waitUntil(isEmpty);
});

it('sends each email once when two processes share the outbox', async () => {
  const twin = await startAuthServerOn(database.url, { SMTP_URL: mailbox.url });
  mailbox.rejectsAll = true;
  const addresses = Array.from(
    { length: 30 },
    (_, index) => `user-${String(index).padStart(2, '0')}@example.com`,
  );
  for (const email of addresses) {
    await server.app.get(Mailer).send('address-taken', { email }, {});
  }
  await waitUntil(async () => (await queuedEmails()).every(({ attempts }) => attempts > 0));
  mailbox.rejectsAll = false;
  mailbox.delayMs = 20;
  // An email that is being delivered at this moment stays leased for two minutes.
  await sql`UPDATE auth.emails SET next_attempt_at = now() WHERE next_attempt_at < now() + interval '100 seconds'`.execute(
    server.db,
  );
  sendNow();
  sendNow(twin);
  await waitUntil(isEmpty);
  await twin.close();
  expect(mailbox.emails.map(({ to }) => to.join()).toSorted()).toEqual(addresses);
});

it('does not wait for a slow delivery before it sends the next email', async () => {
  const delayMs = 8_000;
  mailbox.delayMs = delayMs;
  await server.signUp('ada');
  await waitUntil(() => mailbox.attempts === 1);
  mailbox.delayMs = 0;
  const start = performance.now();
  const { email } = await server.signUp('bob');
  await mailbox.emailTo(email, /Confirm/);
  expect(performance.now() - start).toBeLessThan(delayMs);
  await waitUntil(isEmpty);
});

it('stores no readable recipient, link or kind of email', async () => {
  await mailbox.stop();
  const { email } = await server.signUp('ada');
  await server.client().post('/api/auth/request-password-reset', { email });
  const { rows } = await sql<{ row: string }>`SELECT emails::text AS row FROM auth.emails`.execute(server.db);
  expect(rows).toHaveLength(2);
  for (const { row } of rows) {
    for (const text of [email, 'verify', 'reset', 'token', 'http']) {
      expect(row).not.toContain(text);
      expect(row).not.toContain(Buffer.from(text).toString('hex'));
    }
  }
  await mailbox.start();
});

it('deletes an email that could not be sent before its link expired', async () => {
  await mailbox.stop();
  await server.signUp('ada');
  await waitUntil(() => hasFailed(1));
  await sql`UPDATE auth.emails SET expires_at = now()`.execute(server.db);
  await mailbox.start();
  await advanceTime(60);
  sendNow();
  await waitUntil(isEmpty);
  expect(mailbox.attempts).toBe(0);
});

it('deletes expired emails also if the email server is no longer configured', async () => {
  await mailbox.stop();
  await server.signUp('ada');
  await server.signUp('bob');
  await waitUntil(() => hasFailed(1));
  await sql`
    UPDATE auth.emails SET expires_at = now() WHERE id = (SELECT id FROM auth.emails LIMIT 1)`.execute(
    server.db,
  );
  const withoutSmtp = await startAuthServerOn(database.url);
  await waitUntil(async () => {
    await withoutSmtp.app.get(CleanupService).run();
    return (await queuedEmails()).length < 2;
  });
  expect(await queuedEmails()).toHaveLength(1);
  await withoutSmtp.close();
  await mailbox.start();
});

it('deletes the emails of a user with the account', async () => {
  await mailbox.stop();
  const ada = await server.signUp('ada');
  const bob = await server.signUp('bob');
  expect((await ada.client.post('/api/auth/delete-user', { password: PASSWORD })).status).toBe(200);
  expect(await queuedEmails()).toMatchObject([{ user_id: bob.id }]);
  await mailbox.start();
});

it('deletes an email that was encrypted with another BETTER_AUTH_SECRET, and logs it', async () => {
  await mailbox.stop();
  await server.signUp('ada');
  await waitUntil(() => hasFailed(1));
  const [email] = await queuedEmails();
  const warn = jest.spyOn(Logger.prototype, 'warn');
  const rotated = new Mailer(server.db, {
    transport: async () => {},
    baseUrl: ORIGIN,
    secret: 'a-new-secret-for-the-auth-server-0123456789',
  });
  closeAfterTests(() => rotated.beforeApplicationShutdown());
  // The worker of the other server can take the email first, and returns it after a failed attempt.
  await waitUntil(async () => {
    await advanceTime(60);
    rotated['worker'].wake();
    return isEmpty();
  });
  expect(warn.mock.calls.flat().join('\n')).toContain(
    `Deleted the email ${email!.id}: it was encrypted with a different BETTER_AUTH_SECRET.`,
  );
  warn.mockRestore();
  await mailbox.start();
});

it('deletes an email to an address that does not exist, and logs it without the address', async () => {
  const warn = jest.spyOn(Logger.prototype, 'warn');
  const email = `unknown-${Date.now()}@example.com`;
  await server.client().post('/api/auth/sign-up/email', { name: 'ada', email, password: PASSWORD });
  await waitUntil(isEmpty);
  expect(warn.mock.calls.flat().join('\n')).toMatch(
    /^Deleted the email [\w-]{36}: [^@]*rejected the address[^@]*$/m,
  );
  warn.mockRestore();
});

it('logs failures without the recipient, also if the email server repeats it', async () => {
  const logging = await startAuthProcess(database.url, { SMTP_URL: mailbox.url, LOG_LEVEL: 'debug' });
  await server.close();
  mailbox.rejectsAll = true;
  const client = new HttpClient(logging.url, { origin: ORIGIN });
  const email = 'unlogged@example.com';
  await client.post('/api/auth/sign-up/email', { name: 'ada', email, password: PASSWORD });
  await client.post('/api/auth/request-password-reset', { email });
  await client.post('/api/auth/request-password-reset', { email: 'unlogged-too@example.com' });
  await waitUntil(() => /Could not send the email [\w-]{36} \(EMESSAGE 450 DATA\)/.test(logging.output()));
  expect(logging.output()).toContain('Retrying in 1 s.');
  expect(logging.output()).not.toContain('unlogged');
  expect(await logging.stop()).toBe(0);
  server = await startAuthServerOn(database.url, { SMTP_URL: mailbox.url });
});
