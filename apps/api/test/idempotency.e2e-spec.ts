import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { waitUntilReady } from '../../../tools/test/wait-until-ready.js';
import { dataSourceOptions } from '../src/database/data-source.options.js';
import {
  IdempotencyCleanupService,
  MAX_KEYS_PER_OWNER,
} from '../src/database/idempotency-cleanup.service.js';
import { type Client, type RunningApi, startApi } from './running-api.js';

let api: RunningApi;
let client: pg.Client;

beforeAll(async () => {
  api = await startApi();
  client = new pg.Client(api.databaseUrl);
  await client.connect();
});

afterAll(async () => {
  await client.end();
  await api.close();
});

const post = (user: Client, key: string, task: object) =>
  user.post('/api/tasks').set('Idempotency-Key', key).send(task);

async function insertKeys(ownerId: string, count: number, age: string): Promise<void> {
  await client.query(
    `INSERT INTO idempotency_keys (owner_id, key, fingerprint, result, created_at)
     SELECT $1, $3 || ' ' || n, 'x', '{}', now() - $3::interval - n * INTERVAL '1 microsecond'
     FROM generate_series(1, $2::int) n`,
    [ownerId, count, age],
  );
}

const expire = (user: Client) =>
  client.query(`UPDATE idempotency_keys SET created_at = now() - INTERVAL '25 hours' WHERE owner_id = $1`, [
    user.id,
  ]);

async function findKeys(ownerId: string): Promise<{ key: string }[]> {
  return (await client.query('SELECT * FROM idempotency_keys WHERE owner_id = $1', [ownerId])).rows;
}

describe('a stored result', () => {
  const task = { title: 'Distinctive title', description: 'Distinctive description', completed: true };

  it('contains no text of the task, also after the task was deleted', async () => {
    const ada = await api.as('ada');
    const { body } = await post(ada, 'k', task).expect(201);
    expect(JSON.stringify(await findKeys(ada.id))).not.toMatch(/distinctive/i);
    await ada.delete(`/api/tasks/${body.id}`).expect(204);
    expect(JSON.stringify(await findKeys(ada.id))).not.toMatch(/distinctive/i);
  });

  it('is returned again with the same bytes, also after the task was changed and deleted', async () => {
    const ada = await api.as('ada');
    const first = await post(ada, 'k', { ...task, dueAt: '2026-12-24T18:00:00+01:00' }).expect(201);
    const path = `/api/tasks/${first.body.id}`;
    const change = () => ada.patch(path).send({ title: 'Changed' }).expect(200);
    for (const step of [change, () => ada.delete(path).expect(204)]) {
      await step();
      const again = await post(ada, 'k', { ...task, dueAt: '2026-12-24T18:00:00+01:00' }).expect(201);
      expect(again.text).toBe(first.text);
      expect(again.headers).toMatchObject({ etag: '"1"', location: first.headers.location });
    }
    expect((await ada.get('/api/tasks').expect(200)).body.items).toEqual([]);
  });

  it('is returned in the format of earlier versions', async () => {
    const ada = await api.as('ada');
    const { body } = await post(ada, 'k', { title: 'Write' }).expect(201);
    const row = { ...body, title: 'Stored' };
    await client.query('UPDATE idempotency_keys SET result = $2 WHERE owner_id = $1', [
      ada.id,
      JSON.stringify({ row, version: 7 }),
    ]);
    const again = await post(ada, 'k', { title: 'Write' }).expect(201);
    expect([again.body, again.headers.etag]).toEqual([row, '"7"']);
  });
});

describe('a key older than 24 hours', () => {
  it('can be used again, also with another body', async () => {
    const ada = await api.as('ada');
    const { body: first } = await post(ada, 'k', { title: 'First' }).expect(201);
    await expire(ada);
    const { body: second } = await post(ada, 'k', { title: 'Second' }).expect(201);
    const { body: again } = await post(ada, 'k', { title: 'Second' }).expect(201);
    expect(second.id).not.toBe(first.id);
    expect(again).toEqual(second);
    await post(ada, 'k', { title: 'First' }).expect(409);
  });

  it('creates one task from ten concurrent requests', async () => {
    const ada = await api.as('ada');
    await post(ada, 'k', { title: 'First' }).expect(201);
    await expire(ada);
    const responses = await Promise.all(
      Array.from({ length: 10 }, () => post(ada, 'k', { title: 'Second' }).expect(201)),
    );
    expect(new Set(responses.map(({ body }) => body.id)).size).toBe(1);
  });
});

describe('POST with a key by a user with 300,000 keys', () => {
  /** Returns the rows of keys that all statements so far have read. A connection reports its own when it ends. */
  async function countReadKeys(): Promise<number> {
    const others = `FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
      AND backend_type = 'client backend'`;
    await client.query('SELECT pg_stat_force_next_flush()');
    await client.query(`SELECT pg_terminate_backend(pid) ${others}`);
    while ((await client.query(`SELECT ${others}`)).rowCount) {
      await sleep(20);
    }
    const { rows } = await client.query(
      `SELECT (seq_tup_read + idx_tup_fetch)::int AS count FROM pg_stat_user_tables WHERE relname = 'idempotency_keys'`,
    );
    return rows[0].count;
  }

  it('reads only its own key, and deletes none of them', async () => {
    const ada = await api.as('ada');
    await insertKeys(ada.id, 150_000, '1 hour');
    await insertKeys(ada.id, 150_000, '25 hours');
    const before = await countReadKeys();
    await waitUntilReady(api.url);
    for (let index = 0; index < 3; index++) {
      await post(ada, `new ${index}`, { title: 'Write' }).expect(201);
      await post(ada, `new ${index}`, { title: 'Write' }).expect(201);
    }
    const read = (await countReadKeys()) - before;
    expect(read).toBeGreaterThanOrEqual(3);
    expect(read).toBeLessThan(20);
    await waitUntilReady(api.url);
    const { rows } = await client.query(
      'SELECT count(*)::int AS count FROM idempotency_keys WHERE owner_id = $1',
      [ada.id],
    );
    expect(rows[0].count).toBe(300_003);
  });
});

describe('the cleanup', () => {
  let dataSource: DataSource;
  let cleanup: IdempotencyCleanupService;

  beforeAll(async () => {
    await client.query('TRUNCATE idempotency_keys');
    dataSource = await new DataSource(
      dataSourceOptions({ url: api.databaseUrl, poolSize: 1, preparedStatements: false }),
    ).initialize();
    cleanup = new IdempotencyCleanupService(dataSource);
  });

  afterAll(() => dataSource.destroy());

  it('deletes the expired keys of all users and keeps the others', async () => {
    await insertKeys('ada', 2_500, '25 hours');
    await insertKeys('ada', 3, '23 hours');
    await insertKeys('bob', 3, '25 hours');
    await cleanup.run();
    expect([(await findKeys('ada')).length, (await findKeys('bob')).length]).toEqual([3, 0]);
  });

  it('does not wait for a key that a request is using', async () => {
    await insertKeys('carol', 3, '25 hours');
    await client.query('BEGIN');
    await client.query(
      `SELECT FROM idempotency_keys WHERE owner_id = 'carol' AND key = '25 hours 2' FOR UPDATE`,
    );
    await cleanup.run();
    await client.query('COMMIT');
    expect((await findKeys('carol')).map(({ key }) => key)).toEqual(['25 hours 2']);
    await cleanup.run();
    expect(await findKeys('carol')).toEqual([]);
  });

  it('keeps the newest 100,000 keys of a user', async () => {
    await insertKeys('dave', MAX_KEYS_PER_OWNER, '1 hour');
    await insertKeys('dave', 1_500, '2 hours');
    for (let index = 0; index < 100; index++) {
      cleanup.countKey('dave');
    }
    await cleanup.run();
    const keys = (await findKeys('dave')).map(({ key }) => key);
    expect(keys).toHaveLength(MAX_KEYS_PER_OWNER);
    expect(keys.filter((key) => key.startsWith('2 hours'))).toEqual([]);
  });

  it('uses an index for every statement', async () => {
    await client.query('ANALYZE idempotency_keys');
    for (const statement of [
      `SELECT owner_id FROM idempotency_keys WHERE created_at < now() ORDER BY created_at LIMIT 1000`,
      `SELECT ctid FROM idempotency_keys WHERE owner_id = 'dave' AND created_at < now() ORDER BY created_at LIMIT 1000`,
    ]) {
      const { rows } = await client.query(`EXPLAIN ${statement}`);
      expect(JSON.stringify(rows)).not.toMatch(/Seq Scan|Sort/);
    }
  });
});
