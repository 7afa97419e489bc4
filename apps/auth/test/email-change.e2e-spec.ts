import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { decodeJwt } from 'jose';
import { sql } from 'kysely';
import { CleanupService } from '../src/cleanup/cleanup.service.js';
import { AUTH } from '../src/better-auth/auth.constants.js';
import type { Auth } from '../src/better-auth/auth.js';
import './cached-password-hashes.js';
import { type AuthServer, type SignedUp, startAuthServer } from './auth-server.js';
import { PASSWORD } from './environment.js';
import type { HttpClient } from './http-client.js';
import { Mailbox } from './mailbox.js';
import { teardown } from './teardown.js';
import { waitUntil } from './wait-until.js';

const CONFIRM = /^Confirm your new email address/;
const RESTORE = /email address is being changed$/;
const TAKEN = /^You already have an account/;
const RESERVED = /^This email address is reserved/;

let mailbox: Mailbox;
let server: AuthServer;

beforeAll(async () => {
  mailbox = await Mailbox.open();
  server = await startAuthServer({ SMTP_URL: mailbox.url });
});

beforeEach(() => {
  mailbox.emails.length = 0;
});

afterAll(teardown);

const newAddress = () => `new-${randomUUID()}@example.com`;

/** Creates a user whose address is verified. */
const signUpVerified = async (name = 'ada', at = server): Promise<SignedUp> => {
  const user = await at.signUp(name);
  await sql`UPDATE auth."user" SET "emailVerified" = true WHERE id = ${user.id}`.execute(at.db);
  return user;
};

const request = ({ client }: { client: HttpClient }, newEmail: string, password: unknown = PASSWORD) =>
  client.post('/api/auth/request-email-change', { newEmail, password });
const confirm = (token: string, client = server.client()) =>
  client.post('/api/auth/confirm-email-change', { token });
const restore = (token: string, client = server.client()) =>
  client.post('/api/auth/restore-email', { token });
const signIn = (email: string, password = PASSWORD, client = server.client()) =>
  client.post('/api/auth/sign-in/email', { email, password });

const tokenTo = async (address: string, subject: RegExp) =>
  (await mailbox.emailTo(address, subject)).link.searchParams.get('token')!;

/** Changes the address, and returns the tokens of both emails. */
const change = async (user: SignedUp, newEmail = newAddress(), from = user.email) => {
  expect((await request(user, newEmail)).status).toBe(200);
  const confirmToken = await tokenTo(newEmail, CONFIRM);
  const restoreToken = await tokenTo(from, RESTORE);
  expect((await confirm(confirmToken)).status).toBe(200);
  mailbox.emails.length = 0;
  return { newEmail, confirmToken, restoreToken };
};

const emailOf = async (id: string) => {
  const { rows } = await sql<{ email: string; emailVerified: boolean }>`
    SELECT email, "emailVerified" FROM auth."user" WHERE id = ${id}`.execute(server.db);
  return rows[0];
};

const advanceTime = async (interval: string) => {
  for (const table of ['email_changes', 'email_restore_links']) {
    await sql`
      UPDATE ${sql.table(`auth.${table}`)} SET expires_at = expires_at - ${interval}::interval`.execute(
      server.db,
    );
  }
};

/** Makes the user one who signs in through a provider only. */
const removePassword = async (id: string) => {
  await sql`
    UPDATE auth.account SET "providerId" = 'google', "accountId" = ${id}, password = NULL WHERE "userId" = ${id}
  `.execute(server.db);
};

const resetPassword = async (email: string, newPassword = 'a new password') => {
  await server.client().post('/api/auth/request-password-reset', { email });
  const token = await tokenTo(email, /^Reset/);
  expect((await server.client().post('/api/auth/reset-password', { token, newPassword })).status).toBe(200);
};

describe('a change of the email address', () => {
  it('takes effect when the new address is confirmed, and keeps the sessions', async () => {
    const ada = await signUpVerified();
    const newEmail = newAddress();
    expect(await request(ada, newEmail.toUpperCase())).toMatchObject({ status: 200, body: { status: true } });
    const { link, text } = await mailbox.emailTo(newEmail, CONFIRM);
    expect(link.pathname).toBe('/confirm-email-change');
    expect(text).not.toContain(ada.email);
    expect(await emailOf(ada.id)).toMatchObject({ email: ada.email });
    expect((await signIn(newEmail)).status).toBe(401);

    expect(await confirm(link.searchParams.get('token')!)).toMatchObject({
      status: 200,
      body: { status: true },
    });
    expect((await signIn(newEmail)).status).toBe(200);
    expect((await signIn(ada.email)).status).toBe(401);
    const { body } = await ada.client.get('/api/auth/token');
    expect(decodeJwt(body.token)).toMatchObject({ sub: ada.id, email: newEmail, email_verified: true });
  });

  it('corrects a mistyped address, whose owner gets no link to the account', async () => {
    const ada = await server.signUp('ada');
    const newEmail = newAddress();
    await request(ada, newEmail);
    const token = await tokenTo(newEmail, CONFIRM);
    expect((await confirm(token)).status).toBe(200);
    expect(await emailOf(ada.id)).toEqual({ email: newEmail, emailVerified: true });
    expect(
      mailbox.emails.filter(({ to, subject }) => to.includes(ada.email) && RESTORE.test(subject)),
    ).toEqual([]);
  });

  it('needs the current password', async () => {
    const ada = await signUpVerified();
    const newEmail = newAddress();
    for (const [password, code] of [
      ['wrong password', 'INVALID_PASSWORD'],
      ['', 'PASSWORD_REQUIRED'],
      [null, 'VALIDATION_ERROR'],
      [[PASSWORD], 'VALIDATION_ERROR'],
    ]) {
      expect(await request(ada, newEmail, password)).toMatchObject({ status: 400, body: { code } });
    }
    const { body } = await ada.client.post('/api/auth/request-email-change', { newEmail });
    expect(body.code).toBe('PASSWORD_REQUIRED');
    const { rows } = await sql`SELECT FROM auth.email_changes WHERE user_id = ${ada.id}`.execute(server.db);
    expect(rows).toEqual([]);
  });

  it('needs a new sign-in of a user without a password', async () => {
    const ada = await signUpVerified();
    await removePassword(ada.id);
    await sql`
      UPDATE auth.session SET "createdAt" = now() - INTERVAL '10 minutes' WHERE "userId" = ${ada.id}
    `.execute(server.db);
    expect(await request(ada, newAddress())).toMatchObject({
      status: 403,
      body: { code: 'SESSION_NOT_FRESH' },
    });
    await sql`
      UPDATE auth.session SET "createdAt" = now() - INTERVAL '9 minutes' WHERE "userId" = ${ada.id}
    `.execute(server.db);
    expect((await request(ada, newAddress())).status).toBe(200);
  });

  it('needs a session, and only POST requests act', async () => {
    const ada = await signUpVerified();
    expect((await request({ client: server.client() }, newAddress())).status).toBe(401);
    const newEmail = newAddress();
    await request(ada, newEmail);
    const [confirmToken, restoreToken] = [
      await tokenTo(newEmail, CONFIRM),
      await tokenTo(ada.email, RESTORE),
    ];
    for (const path of [
      `confirm-email-change?token=${confirmToken}`,
      `restore-email?token=${restoreToken}`,
      'request-email-change',
    ]) {
      expect((await ada.client.get(`/api/auth/${path}`)).status).toBe(404);
    }
    expect(await emailOf(ada.id)).toMatchObject({ email: ada.email });
    expect((await ada.client.get('/api/auth/token')).status).toBe(200);
  });

  it('is not possible through the routes of Better Auth', async () => {
    const ada = await signUpVerified();
    const newEmail = newAddress();
    expect((await ada.client.post('/api/auth/change-email', { newEmail })).status).toBe(404);
    expect((await ada.client.post('/api/auth/update-user', { email: newEmail })).status).toBe(400);
    expect(await emailOf(ada.id)).toMatchObject({ email: ada.email });
  });

  it.each([
    ['the current address', (email: string) => email, 'EMAIL_UNCHANGED'],
    ['no address', () => 'ada', 'INVALID_EMAIL'],
    ['an address that is too long', () => `${'a'.repeat(250)}@example.com`, 'INVALID_EMAIL'],
  ])('is rejected for %s', async (_case, address, code) => {
    const ada = await signUpVerified();
    expect(await request(ada, address(ada.email))).toMatchObject({ status: 400, body: { code } });
  });

  it('is replaced by the next one, and confirmed once within an hour', async () => {
    const ada = await signUpVerified();
    const [first, second, third] = [newAddress(), newAddress(), newAddress()];
    await request(ada, first);
    const replaced = await tokenTo(first, CONFIRM);
    await request(ada, second);
    const token = await tokenTo(second, CONFIRM);
    expect(await confirm(replaced)).toMatchObject({ status: 400, body: { code: 'INVALID_TOKEN' } });
    expect((await confirm(token)).status).toBe(200);
    expect((await confirm(token)).status).toBe(400);

    await request(ada, third);
    const expired = await tokenTo(third, CONFIRM);
    await advanceTime('1 hour');
    expect((await confirm(expired)).status).toBe(400);
    expect(await emailOf(ada.id)).toMatchObject({ email: second });
  });

  it.each([
    ['a password reset', async (user: SignedUp) => resetPassword(user.email)],
    [
      'a password change',
      async ({ client }: SignedUp) => {
        const passwords = { currentPassword: PASSWORD, newPassword: 'another password' };
        expect((await client.post('/api/auth/change-password', passwords)).status).toBe(200);
      },
    ],
    [
      'the deletion of the account',
      async ({ client }: SignedUp) => {
        expect((await client.post('/api/auth/delete-user', { password: PASSWORD })).status).toBe(200);
      },
    ],
  ])('is cancelled by %s', async (_case, act) => {
    const ada = await signUpVerified();
    const newEmail = newAddress();
    await request(ada, newEmail);
    const token = await tokenTo(newEmail, CONFIRM);
    await act(ada);
    expect((await confirm(token)).status).toBe(400);
  });

  it('ends the reset links that were sent to the old address', async () => {
    const ada = await signUpVerified();
    await server.client().post('/api/auth/request-password-reset', { email: ada.email });
    const token = await tokenTo(ada.email, /^Reset/);
    await change(ada);
    const reset = { token, newPassword: 'a new password' };
    expect((await server.client().post('/api/auth/reset-password', reset)).status).toBe(400);
  });

  it('does not let a verification link to the old address verify anything', async () => {
    const ada = await server.signUp('ada');
    const { link } = await mailbox.emailTo(ada.email, /^Confirm your email address/);
    const newEmail = newAddress();
    await request(ada, newEmail);
    await confirm(await tokenTo(newEmail, CONFIRM));
    const eve = await server.client().post('/api/auth/sign-up/email', {
      name: 'eve',
      email: ada.email,
      password: PASSWORD,
    });
    expect((await server.client().get(`/api/auth/verify-email${link.search}`)).status).toBe(401);
    expect(await emailOf(eve.body.user.id)).toEqual({ email: ada.email, emailVerified: false });
  });

  it('stores tokens only as hashes', async () => {
    const ada = await signUpVerified();
    const newEmail = newAddress();
    await request(ada, newEmail);
    const tokens = [await tokenTo(newEmail, CONFIRM), await tokenTo(ada.email, RESTORE)];
    const { rows } = await sql`
      SELECT c.token_hash AS a, r.token_hash AS b FROM auth.email_changes c
      JOIN auth.email_restore_links r USING (user_id) WHERE user_id = ${ada.id}`.execute(server.db);
    expect(rows).toHaveLength(1);
    for (const token of tokens) {
      expect(JSON.stringify(rows)).not.toContain(token);
      expect((await confirm(Object.values(rows[0] as object)[0])).status).toBe(400);
    }
  });

  it('is deleted when it has expired', async () => {
    const ada = await signUpVerified();
    await request(ada, newAddress());
    await advanceTime('8 days');
    await server.app.get(CleanupService).run();
    const { rows } = await sql`
      SELECT user_id FROM auth.email_changes UNION ALL SELECT user_id FROM auth.email_restore_links
    `.execute(server.db);
    expect(rows).toEqual([]);
  });
});

describe('a taken address', () => {
  it('gets the same response as a free one, and its owner an email without a link to confirm', async () => {
    const [ada, bob] = [await signUpVerified(), await signUpVerified('bob')];
    const free = newAddress();
    const responses = [await request(ada, free), await request(ada, bob.email)];
    const [ofFree, ofTaken] = responses.map(({ status, headers, body }) => ({
      status,
      body,
      names: [...headers.keys()].filter((name) => name !== 'x-request-id'),
    }));
    expect(ofTaken).toEqual(ofFree);
    expect(ofTaken).toMatchObject({ status: 200 });
    await mailbox.emailTo(free, CONFIRM);
    const { text } = await mailbox.emailTo(bob.email, TAKEN);
    expect(text).not.toContain('token=');
    const sentTo = (address: string, subject: RegExp) =>
      mailbox.emails.filter((email) => email.to.includes(address) && subject.test(email.subject)).length;
    await waitUntil(() => sentTo(ada.email, RESTORE) === 2);
    expect(sentTo(bob.email, CONFIRM)).toBe(0);
  });

  it('is rejected on confirmation if it was taken in the meantime', async () => {
    const ada = await signUpVerified();
    const newEmail = newAddress();
    await request(ada, newEmail);
    const token = await tokenTo(newEmail, CONFIRM);
    const bob = { name: 'bob', email: newEmail, password: PASSWORD };
    await server.client().post('/api/auth/sign-up/email', bob);
    expect(await confirm(token)).toMatchObject({ status: 422, body: { code: 'USER_ALREADY_EXISTS' } });
    expect(await emailOf(ada.id)).toMatchObject({ email: ada.email });
  });
});

describe('the link to the old address', () => {
  it('cancels a change that is not confirmed yet', async () => {
    const ada = await signUpVerified();
    const newEmail = newAddress();
    await request(ada, newEmail);
    const { link, text } = await mailbox.emailTo(ada.email, RESTORE);
    expect(link.pathname).toBe('/restore-email');
    expect(text).toContain(newEmail);
    const token = await tokenTo(newEmail, CONFIRM);
    expect((await restore(link.searchParams.get('token')!)).status).toBe(200);
    expect((await confirm(token)).status).toBe(400);
    expect(await emailOf(ada.id)).toEqual({ email: ada.email, emailVerified: true });
  });

  it('restores the address, ends every other way into the account, and returns a token to reset the password', async () => {
    const ada = await signUpVerified();
    const { newEmail, restoreToken } = await change(ada);
    const intruder = server.client();
    expect((await signIn(newEmail, PASSWORD, intruder)).status).toBe(200);
    await sql`
      INSERT INTO auth.account (id, "accountId", "providerId", "userId", "createdAt", "updatedAt")
      VALUES (${randomUUID()}, 'eve-at-google', 'google', ${ada.id}, now(), now())`.execute(server.db);
    const pending = newAddress();
    await request({ client: intruder }, pending);
    const pendingToken = await tokenTo(pending, CONFIRM);
    await server.client().post('/api/auth/request-password-reset', { email: newEmail });
    const resetLink = await tokenTo(newEmail, /^Reset/);

    const { status, body } = await restore(restoreToken);
    expect(status).toBe(200);
    expect(await emailOf(ada.id)).toEqual({ email: ada.email, emailVerified: true });
    for (const { client } of [ada, { client: intruder }]) {
      expect((await client.get('/api/auth/token')).status).toBe(401);
    }
    const { rows } = await sql`SELECT FROM auth.account WHERE "userId" = ${ada.id}`.execute(server.db);
    expect(rows).toEqual([]);
    expect((await confirm(pendingToken)).status).toBe(400);
    const reset = (token: string) =>
      server.client().post('/api/auth/reset-password', { token, newPassword: 'a new password' });
    expect((await reset(resetLink)).status).toBe(400);
    for (const email of [ada.email, newEmail]) {
      expect((await signIn(email)).status).toBe(401);
    }

    expect((await reset(body.resetToken)).status).toBe(200);
    expect((await reset(body.resetToken)).status).toBe(400);
    expect((await signIn(ada.email, 'a new password')).status).toBe(200);
  });

  it('works once within seven days', async () => {
    const ada = await signUpVerified();
    const first = await change(ada);
    await advanceTime('167 hours');
    expect((await restore(first.restoreToken)).status).toBe(200);
    expect((await restore(first.restoreToken)).status).toBe(400);

    const bob = await signUpVerified('bob');
    const second = await change(bob);
    await advanceTime('7 days');
    expect(await restore(second.restoreToken)).toMatchObject({
      status: 400,
      body: { code: 'INVALID_TOKEN' },
    });
    expect(await emailOf(bob.id)).toMatchObject({ email: second.newEmail });
  });

  it('ends the links of later changes', async () => {
    const ada = await signUpVerified();
    const first = await change(ada);
    const second = await change(ada, newAddress(), first.newEmail);
    expect((await restore(first.restoreToken)).status).toBe(200);
    expect((await restore(second.restoreToken)).status).toBe(400);
    expect(await emailOf(ada.id)).toMatchObject({ email: ada.email });
  });

  it('still works after the link of a later change was used', async () => {
    const ada = await signUpVerified();
    const first = await change(ada);
    const second = await change(ada, newAddress(), first.newEmail);
    expect((await restore(second.restoreToken)).status).toBe(200);
    expect(await emailOf(ada.id)).toMatchObject({ email: first.newEmail });
    expect((await restore(first.restoreToken)).status).toBe(200);
    expect(await emailOf(ada.id)).toMatchObject({ email: ada.email });
  });

  it('still works after the password was reset through the new address', async () => {
    const ada = await signUpVerified();
    const { newEmail, restoreToken } = await change(ada);
    await resetPassword(newEmail, 'chosen by the intruder');
    expect((await restore(restoreToken)).status).toBe(200);
    expect((await signIn(newEmail, 'chosen by the intruder')).status).toBe(401);
    expect((await signIn(ada.email, 'chosen by the intruder')).status).toBe(401);
  });

  it('keeps the address reserved, so that nobody can prevent the restoration', async () => {
    const ada = await signUpVerified();
    const { restoreToken } = await change(ada);
    const signUp = { name: 'eve', email: ada.email, password: PASSWORD };
    expect(await server.client().post('/api/auth/sign-up/email', signUp)).toMatchObject({
      status: 422,
      body: { code: 'USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL' },
    });
    const eve = await signUpVerified('eve');
    expect((await request(eve, ada.email)).status).toBe(200);
    await mailbox.emailTo(ada.email, RESERVED);
    // Every other way to create or change a user, such as a provider, ends in this statement.
    await expect(
      sql`UPDATE auth."user" SET email = ${ada.email} WHERE id = ${eve.id}`.execute(server.db),
    ).rejects.toThrow('The email address is reserved');
    expect((await restore(restoreToken)).status).toBe(200);

    const bob = await signUpVerified('bob');
    await change(bob);
    await advanceTime('7 days');
    const again = await server.client().post('/api/auth/sign-up/email', { ...signUp, email: bob.email });
    expect(again.status).toBe(200);
  });

  it('cannot be outrun by a request that began before it', async () => {
    const ada = await signUpVerified();
    let response: { status: number } | undefined;
    const isWaiting = async () => {
      const { rows } = await sql`SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'
        AND datname = current_database()`.execute(server.db);
      return rows.length > 0;
    };
    await server.db.transaction().execute(async (transaction) => {
      // As the restoration does.
      await sql`DELETE FROM auth.session WHERE "userId" = ${ada.id}`.execute(transaction);
      void request(ada, newAddress()).then((received) => (response = received));
      await waitUntil(async () => response !== undefined || (await isWaiting()));
    });
    await waitUntil(() => response !== undefined);
    expect(response!.status).toBe(401);
    const { rows } = await sql`SELECT FROM auth.email_changes WHERE user_id = ${ada.id}`.execute(server.db);
    expect(rows).toEqual([]);
  });
});

describe('a request that has verified the old password', () => {
  /** Runs `task` after the next password was verified, before the request continues. */
  const afterVerification = async (task: () => Promise<unknown>) => {
    const { password } = await server.app.get<Auth>(AUTH).$context;
    const { verify } = password;
    jest.spyOn(password, 'verify').mockImplementationOnce(async (input) => {
      const isCorrect = await verify(input);
      await task();
      return isCorrect;
    });
  };
  const sessionsOf = async (id: string) => {
    const { rows } = await sql`SELECT FROM auth.session WHERE "userId" = ${id}`.execute(server.db);
    return rows.length;
  };
  const changePassword = ({ client }: SignedUp, newPassword: string) =>
    client.post('/api/auth/change-password', { currentPassword: PASSWORD, newPassword });

  it('gets no session if the password was reset meanwhile', async () => {
    const ada = await signUpVerified();
    await afterVerification(() => resetPassword(ada.email));
    expect((await signIn(ada.email)).status).toBe(401);
    expect(await sessionsOf(ada.id)).toBe(0);
    expect((await signIn(ada.email, 'a new password')).status).toBe(200);
  });

  it('does not change the password if it was reset meanwhile', async () => {
    const ada = await signUpVerified();
    await afterVerification(() => resetPassword(ada.email));
    expect((await changePassword(ada, 'chosen by an intruder')).status).toBe(401);
    expect(await sessionsOf(ada.id)).toBe(0);
    expect((await signIn(ada.email, 'chosen by an intruder')).status).toBe(401);
    expect((await signIn(ada.email, 'a new password')).status).toBe(200);
  });

  it('gets no session if the old address was restored meanwhile', async () => {
    const ada = await signUpVerified();
    const { restoreToken, newEmail } = await change(ada);
    await afterVerification(() => restore(restoreToken));
    expect((await changePassword(ada, 'chosen by an intruder')).status).toBe(401);
    expect(await sessionsOf(ada.id)).toBe(0);
    expect((await signIn(newEmail, 'chosen by an intruder')).status).toBe(401);
  });

  it('gets no session if the password was changed meanwhile', async () => {
    const ada = await signUpVerified();
    await afterVerification(async () => {
      expect((await changePassword(ada, 'a new password')).status).toBe(200);
    });
    expect((await signIn(ada.email)).status).toBe(401);
    expect(await sessionsOf(ada.id)).toBe(1);
  });
});

describe('with required email verification', () => {
  let strict: AuthServer;

  beforeAll(async () => {
    strict = await startAuthServer({ SMTP_URL: mailbox.url, REQUIRE_EMAIL_VERIFICATION: 'true' });
  });

  it('responds to a sign-up with a reserved address like to any other, and emails its owner', async () => {
    const client = strict.client();
    const signUp = (email: string) =>
      strict.client().post('/api/auth/sign-up/email', { name: 'ada', email, password: PASSWORD });
    const [email, newEmail] = ['ada@example.com', newAddress()];
    await signUp(email);
    const { link } = await mailbox.emailTo(email, /^Confirm your email address/);
    await client.get(`/api/auth/verify-email${link.search}`);
    await signIn(email, PASSWORD, client);
    await request({ client }, newEmail);
    await confirm(await tokenTo(newEmail, CONFIRM), strict.client());

    const [reserved, free] = [await signUp(email), await signUp('free@example.com')];
    expect(reserved.status).toBe(200);
    expect(Object.keys(reserved.body.user)).toEqual(Object.keys(free.body.user));
    await mailbox.emailTo(email, RESERVED);
    const { rows } = await sql`SELECT FROM auth."user" WHERE email = ${email}`.execute(strict.db);
    expect(rows).toEqual([]);
  });
});

describe('in production', () => {
  describe('with rate limits', () => {
    let limited: AuthServer;

    beforeAll(async () => {
      limited = await startAuthServer({ NODE_ENV: 'production', SMTP_URL: mailbox.url });
    });

    it('is limited to five per hour and account', async () => {
      const ada = await signUpVerified('ada', limited);
      for (let count = 0; count < 5; count++) {
        expect((await request(ada, newAddress())).status).toBe(200);
      }
      const rejected = await request(ada, newAddress());
      expect(rejected.status).toBe(429);
      expect(Number(rejected.headers.get('retry-after'))).toBeGreaterThan(3_000);
    });

    it('sends at most five emails per hour to a new address, and responds to all requests alike', async () => {
      const email = newAddress();
      for (let count = 0; count < 7; count++) {
        const user = await signUpVerified(`user-${count}`, limited);
        expect((await request(user, email)).status).toBe(200);
      }
      await mailbox.emailTo(email, /./);
      await waitUntil(async () => (await sql`SELECT FROM auth.emails`.execute(limited.db)).rows.length === 0);
      expect(mailbox.emails.filter(({ to }) => to.includes(email))).toHaveLength(5);
    });

    it('is rejected after ten wrong passwords, also with the right one', async () => {
      const bob = await signUpVerified('bob', limited);
      const attempts = Array.from({ length: 10 }, () => request(bob, newAddress(), 'wrong password'));
      expect((await Promise.all(attempts)).map(({ status }) => status)).toEqual(attempts.map(() => 400));
      expect((await request(bob, newAddress())).status).toBe(429);
    });
  });

  it('is rejected with 503 without an email server', async () => {
    const silent = await startAuthServer({ NODE_ENV: 'production' });
    const ada = await silent.signUp('ada');
    expect((await request(ada, newAddress())).status).toBe(503);
  });
});
