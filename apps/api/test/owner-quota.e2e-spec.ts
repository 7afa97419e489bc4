import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../tools/test/database.js';
import { type Client, type RunningApi, startApi } from './running-api.js';

const MAX_ROWS = 10;
const MAX_BYTES = 50_000;

let database: TestDatabase;
let administrator: pg.Client;
/** Two processes on one database. */
let api: RunningApi;
let otherApi: RunningApi;

beforeAll(async () => {
  database = await createTestDatabase();
  administrator = new pg.Client(database.url);
  await administrator.connect();
  const settings = {
    DATABASE_URL: database.url,
    OWNER_MAX_ROWS: String(MAX_ROWS),
    OWNER_MAX_BYTES: String(MAX_BYTES),
  };
  api = await startApi(settings);
  otherApi = await startApi(settings);
});

afterAll(async () => {
  await Promise.all([api.close(), otherApi.close()]);
  await administrator.end();
  await database.drop();
});

const create = (user: Client, task: object = { title: 'a' }) => user.post('/api/tasks').send(task);

async function fillRows(user: Client): Promise<string[]> {
  const ids = [];
  for (let index = 0; index < MAX_ROWS; index += 1) {
    ids.push((await create(user).expect(201)).body.id as string);
  }
  return ids;
}

/** Compares the counted usage with the stored rows. */
async function expectExactUsage(user: Client): Promise<void> {
  const { rows } = await administrator.query(
    `SELECT
       (SELECT (rows, bytes)::text FROM owner_usage WHERE owner_id = $1) AS counted,
       (SELECT (count(*), sum(size))::text FROM (
          SELECT (
            SELECT COALESCE(sum(octet_length(value)), 0) FROM jsonb_each_text(to_jsonb(tasks))
            JOIN information_schema.columns ON column_name = key AND table_name = 'tasks' AND data_type = 'text'
            WHERE key <> 'owner_id'
          ) AS size FROM tasks WHERE owner_id = $1
        ) AS sizes) AS stored`,
    [user.id],
  );
  expect(rows[0].counted).toBe(rows[0].stored);
}

describe('OWNER_MAX_ROWS', () => {
  it('returns 409 that names the limit, and no other user is affected', async () => {
    const [ada, bob] = [await api.as('ada'), await api.as('bob')];
    const [id] = await fillRows(ada);
    const { body } = await create(ada).expect(409);
    expect(body.detail).toBe(
      'Your limit of 10 rows (OWNER_MAX_ROWS) is reached. Delete some, then try again.',
    );
    await create(ada).set('Idempotency-Key', 'k').expect(409);
    await create(bob).expect(201);
    await ada.patch(`/api/tasks/${id}`).send({ title: 'longer', completed: true }).expect(200);
    await expectExactUsage(ada);
  });

  it('frees a row when it is deleted, also for an idempotency key that failed', async () => {
    const ada = await api.as('ada');
    const [id] = await fillRows(ada);
    await create(ada).set('Idempotency-Key', 'k').expect(409);
    await ada.delete(`/api/tasks/${id}`).set('If-Match', '"7"').expect(412);
    await create(ada).expect(409);
    await ada.delete(`/api/tasks/${id}`).expect(204);
    await create(ada).set('Idempotency-Key', 'k').expect(201);
    await create(ada).set('Idempotency-Key', 'k').expect(201);
    await create(ada).expect(409);
    await expectExactUsage(ada);
  });

  it('is never exceeded by concurrent requests to two processes', async () => {
    const ada = await api.as('ada');
    const token = await otherApi.issuer.sign({ sub: ada.id, aud: 'http://api.test' });
    const statuses = await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        if (index % 2) {
          return (await create(ada).set('Idempotency-Key', `k${index}`)).status;
        }
        const response = await fetch(`${otherApi.url}/api/tasks`, {
          method: 'POST',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          body: JSON.stringify({ title: 'a' }),
        });
        return response.status;
      }),
    );
    expect(statuses.filter((status) => status === 201)).toHaveLength(MAX_ROWS);
    expect(statuses.filter((status) => status === 409)).toHaveLength(40 - MAX_ROWS);
    await expectExactUsage(ada);
  });
});

describe('OWNER_MAX_BYTES', () => {
  const long = { title: 'a', description: 'é'.repeat(5_000) };

  it('counts the UTF-8 bytes of new and changed text', async () => {
    const ada = await api.as('ada');
    const ids = [];
    for (let index = 0; index < 4; index += 1) {
      ids.push((await create(ada, long).expect(201)).body.id);
    }
    const { body: small } = await create(ada).expect(201);
    const { body } = await create(ada, long).expect(409);
    expect(body.detail).toMatch(/^Your limit of 50000 bytes \(OWNER_MAX_BYTES\) is reached\./);
    await ada
      .patch(`/api/tasks/${small.id}`)
      .send({ description: 'a'.repeat(10_000) })
      .expect(409);
    await ada
      .patch(`/api/tasks/${small.id}`)
      .send({ description: 'a'.repeat(9_000) })
      .expect(200);
    await ada.patch(`/api/tasks/${ids[0]}`).send({ description: null }).expect(200);
    await create(ada, long).expect(201);
    await expectExactUsage(ada);
  });

  it('stays exact when updates and deletions run concurrently', async () => {
    const ada = await api.as('ada');
    const { body: task } = await create(ada, long).expect(201);
    const { body: other } = await create(ada, long).expect(201);
    await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const description = index % 3 ? 'a'.repeat(500 * index) : null;
        await ada.patch(`/api/tasks/${task.id}`).send({ description });
        await (index % 2
          ? ada.patch(`/api/tasks/${other.id}`).send({ title: 'x'.repeat(index) })
          : ada.delete(`/api/tasks/${other.id}`));
      }),
    );
    await expectExactUsage(ada);
  });
});

it('starts at zero after the account is deleted', async () => {
  const ada = await api.as('ada');
  await fillRows(ada);
  await ada.delete('/api/me').expect(204);
  const { rows } = await administrator.query('SELECT FROM owner_usage WHERE owner_id = $1', [ada.id]);
  expect(rows).toEqual([]);
  await fillRows(ada);
  await create(ada).expect(409);
});

it('sets no limit if both are 0', async () => {
  const unlimited = await startApi({
    DATABASE_URL: database.url,
    OWNER_MAX_ROWS: '0',
    OWNER_MAX_BYTES: '0',
  });
  const ada = await unlimited.as('ada');
  await fillRows(ada);
  await create(ada).expect(201);
  await unlimited.close();
});
