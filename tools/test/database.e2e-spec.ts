import { describe, expect, it } from '@jest/globals';
import { createTestDatabase } from './database.js';
import { queryOnce } from './test-databases.js';

describe('a test database', () => {
  it('has both schemas and shares no rows with another one', async () => {
    const [one, other] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    const insert = `INSERT INTO tasks (owner_id, id, title, created_at, updated_at) VALUES ('ada', gen_random_uuid(), 'Write', now(), now())`;
    await queryOnce(one.url, insert);
    expect(await queryOnce(one.url, 'SELECT title FROM tasks')).toHaveLength(1);
    expect(await queryOnce(other.url, 'SELECT title FROM tasks')).toHaveLength(0);
    expect(await queryOnce(other.url, 'SELECT id FROM auth."user"')).toHaveLength(0);
    await Promise.all([one.drop(), other.drop()]);
    const name = new URL(one.url).pathname.slice(1);
    const left = `SELECT datname FROM pg_database WHERE datname = '${name}'`;
    expect(await queryOnce(process.env.TEST_SERVER_URL as string, left)).toEqual([]);
  });

  it('is independent of the environment variables of the developer', () => {
    expect(process.env.DATABASE_URL).toBeUndefined();
    expect(process.env.BETTER_AUTH_SECRET).toBeUndefined();
  });
});
