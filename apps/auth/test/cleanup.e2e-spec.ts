import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { sql } from 'kysely';
import { CleanupService } from '../src/cleanup/cleanup.service.js';
import './cached-password-hashes.js';
import { type AuthServer, startAuthServer } from './auth-server.js';
import { teardown } from './teardown.js';

let server: AuthServer;
let userId: string;

beforeAll(async () => {
  server = await startAuthServer();
  userId = (await server.signUp('ada')).id;
});
afterAll(teardown);

const cleanUp = () => server.app.get(CleanupService).run();

async function count(table: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    SELECT count(*)::integer AS count FROM ${sql.table(`auth.${table}`)}`.execute(server.db);
  return rows[0]!.count;
}

/** Fails if one statement deletes many rows: with more of them, it would run into the time limit of statements. */
async function limitDeletions(table: string): Promise<void> {
  await sql
    .raw(
      `CREATE OR REPLACE FUNCTION limit_deletions() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         IF (SELECT count(*) FROM deleted) > 1000 THEN
           RAISE 'too many rows';
         END IF;
         RETURN NULL;
       END
       $$;
       CREATE TRIGGER limit_deletions AFTER DELETE ON auth."${table}" REFERENCING OLD TABLE AS deleted
       FOR EACH STATEMENT EXECUTE FUNCTION limit_deletions();`,
    )
    .execute(server.db);
}

it.each([
  [
    'session',
    () => sql`
      INSERT INTO auth.session (id, token, "userId", "expiresAt", "createdAt", "updatedAt")
      SELECT 'old' || i, 'old' || i, ${userId}, now() - interval '1 second', now(), now() FROM generate_series(1, 2500) AS i`,
  ],
  [
    'verification',
    () => sql`
      INSERT INTO auth.verification (id, identifier, value, "expiresAt", "createdAt", "updatedAt")
      SELECT 'old' || i, 'old' || i, 'x', now() - interval '1 second', now(), now() FROM generate_series(1, 2500) AS i`,
  ],
  [
    'rateLimit',
    () => sql`
      INSERT INTO auth."rateLimit" (id, key, count, "lastRequest")
      SELECT 'old' || i, 'old' || i, 1, (extract(epoch FROM now()) - 3601) * 1000 FROM generate_series(1, 2500) AS i`,
  ],
])('deletes any number of expired rows in batches: %s', async (table, insert) => {
  const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
  await limitDeletions(table);
  const before = await count(table);
  await insert().execute(server.db);
  await cleanUp();
  expect(warn.mock.calls).toEqual([]);
  expect(await count(table)).toBe(before);
  warn.mockRestore();
});

it('keeps the counters of current windows, also if the clock of this process is ahead', async () => {
  await sql`
    INSERT INTO auth."rateLimit" (id, key, count, "lastRequest")
    VALUES ('current', 'current', 1, extract(epoch FROM now()) * 1000)`.execute(server.db);
  const inTwoHours = Date.now() + 2 * 60 * 60 * 1000;
  const clock = jest.spyOn(Date, 'now').mockReturnValue(inTwoHours);
  await cleanUp();
  clock.mockRestore();
  expect(await count('rateLimit')).toBe(1);
});
