import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it, jest } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { LockTimeoutError } from '@app/server/postgres';
import pg from 'pg';
import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';
import { queryOnce } from '../../../tools/test/test-databases.js';
import { dataSourceOptions } from '../src/database/data-source.options.js';
import { IndexIdempotencyKeys1764000003000 } from '../src/database/migrations/1764000003000-index-idempotency-keys.js';
import { revertLastMigration, runPendingMigrations } from '../src/database/migrator.js';
import { type RunningApi, startApi } from './running-api.js';

class AddColor1800000000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner) {
    await queryRunner.query('ALTER TABLE tasks ADD color text');
  }
  async down(queryRunner: QueryRunner) {
    await queryRunner.query('ALTER TABLE tasks DROP color');
  }
}

class IndexTasks1800000000001 implements MigrationInterface {
  readonly transaction = false;

  async up(queryRunner: QueryRunner) {
    await queryRunner.query('CREATE INDEX CONCURRENTLY tasks_updated_idx ON tasks (owner_id, updated_at)');
  }
  async down(queryRunner: QueryRunner) {
    await queryRunner.query('DROP INDEX CONCURRENTLY tasks_updated_idx');
  }
}

class FailAfterwards1800000000002 implements MigrationInterface {
  async up(queryRunner: QueryRunner) {
    await queryRunner.query('ALTER TABLE tasks ADD shape text');
    await queryRunner.query('SELECT 1 / 0');
  }
  async down() {}
}

/** Stops a test that would otherwise wait for a lock for ever. */
const RETRIES_MS = Array.from({ length: 8 }, () => 300);

let api: RunningApi;
let reader: pg.Client;
let log: jest.SpiedFunction<typeof console.error>;
const sources: DataSource[] = [];

beforeAll(async () => {
  api = await startApi();
});

afterAll(() => api.close());

beforeEach(async () => {
  log = jest.spyOn(console, 'error').mockImplementation(() => {});
  reader = new pg.Client({ connectionString: api.databaseUrl, application_name: 'report-writer' });
  await reader.connect();
});

afterEach(async () => {
  log.mockRestore();
  await reader.end();
  await Promise.all(sources.splice(0).map((source) => source.destroy()));
});

async function withMigrations(...migrations: (new () => MigrationInterface)[]): Promise<DataSource> {
  const options = dataSourceOptions({
    url: api.databaseUrl,
    poolSize: 3,
    preparedStatements: false,
    timeouts: false,
  });
  const source = await new DataSource({ ...options, migrations }).initialize();
  sources.push(source);
  return source;
}

/** Reads the tasks in a transaction that stays open, like a long report or a forgotten psql. */
async function readTasks(): Promise<void> {
  await reader.query('BEGIN');
  await reader.query("SELECT count(*) FROM tasks WHERE title = 'hunter2'");
}

const columns = async () => {
  const { rows } = await reader.query<{ name: string }>(
    "SELECT column_name AS name FROM information_schema.columns WHERE table_name = 'tasks'",
  );
  return rows.map(({ name }) => name);
};

describe('migrations', () => {
  it('keep lists available while they wait for a table', async () => {
    const source = await withMigrations(AddColor1800000000000);
    const ada = await api.as('ada');
    await readTasks();
    // In the transaction: through a pooler, another one may use another connection to the server.
    const { pid } = (await reader.query('SELECT pg_backend_pid() AS pid')).rows[0];
    const ended = new AbortController();
    const migration = runPendingMigrations(source, RETRIES_MS).finally(() => ended.abort());
    const statuses: number[] = [];
    const list = async () => {
      while (!ended.signal.aborted) {
        statuses.push((await ada.get('/api/tasks')).status);
      }
    };
    const lists = Array.from({ length: 8 }, list);
    // On a busy machine, the first attempts may end before they have found the session.
    const findMessage = () =>
      log.mock.calls.map(([message]) => String(message)).find((message) => message.includes('is held by'));
    while (!findMessage() && !ended.signal.aborted) {
      await sleep(50);
    }
    expect(ended.signal.aborted).toBe(false);
    await reader.query('COMMIT');

    expect(await migration).toEqual(['AddColor1800000000000']);
    await Promise.all(lists);
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(await columns()).toContain('color');
    const message = findMessage();
    expect(message).toContain('api: AddColor1800000000000 got no lock within 1 s. It is held by process');
    expect(message).toContain(`process ${pid} (application "report-writer", role "`);
    expect(message).toMatch(/idle in transaction, last query started at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\)\./);
    expect(message).toMatch(/Retry \d of 8 in 0\.3 s/);
  });

  it('are reverted with the same limit', async () => {
    const source = await withMigrations(AddColor1800000000000);
    await readTasks();
    const reverted = revertLastMigration(source, RETRIES_MS);
    while (log.mock.calls.length === 0) {
      await sleep(50);
    }
    await reader.query('COMMIT');
    expect(await reverted).toBe('AddColor1800000000000');
    expect(await columns()).not.toContain('color');
  });

  it('give up with the session that holds the lock, change nothing, and can run again', async () => {
    const source = await withMigrations(AddColor1800000000000);
    await readTasks();
    const error = (await runPendingMigrations(source, [0]).catch((reason: unknown) => reason)) as Error;
    expect(error).toBeInstanceOf(LockTimeoutError);
    expect(error.message).toMatch(
      /^api: AddColor1800000000000 got no lock within 1 s\. It is held by process \d+ \(application "report-writer"/,
    );
    expect(error.message).toContain('Nothing was changed after 2 attempts. Wait until that session ends');
    expect(error.message).not.toMatch(/hunter2|SELECT/);
    expect(error.stack).toBe(error.message);
    await reader.query('COMMIT');
    expect(await columns()).not.toContain('color');

    expect(await runPendingMigrations(source)).toEqual(['AddColor1800000000000']);
    await revertLastMigration(source);
  });

  it('keep the ones that ran before a failed one, and undo all of the failed one', async () => {
    const source = await withMigrations(AddColor1800000000000, FailAfterwards1800000000002);
    await expect(runPendingMigrations(source)).rejects.toThrow('division by zero');
    expect(await columns()).toContain('color');
    expect(await columns()).not.toContain('shape');
    expect(await revertLastMigration(source)).toBe('AddColor1800000000000');
  });

  it('create an index concurrently while other runs wait and writes continue', async () => {
    const runs = await Promise.all([1, 2, 3].map(() => withMigrations(IndexTasks1800000000001)));
    const ada = await api.as('ada');
    await reader.query('BEGIN');
    await reader.query("UPDATE tasks SET title = 'hunter2' WHERE owner_id = 'none'");
    const migrations = Promise.all(runs.map((source) => runPendingMigrations(source, [])));
    const waiting = "SELECT 1 FROM pg_stat_progress_create_index WHERE phase LIKE 'waiting%'";
    while ((await queryOnce(api.databaseUrl, waiting)).length === 0) {
      await sleep(50);
    }
    await ada.post('/api/tasks').send({ title: 'Write' }).expect(201);
    await ada.get('/api/tasks').expect(200);
    await reader.query('COMMIT');
    expect((await migrations).flat()).toEqual(['IndexTasks1800000000001']);
    const { rows } = await reader.query(
      "SELECT indisvalid FROM pg_index WHERE indexrelid = 'tasks_updated_idx'::regclass",
    );
    expect(rows).toEqual([{ indisvalid: true }]);
    expect(await revertLastMigration(runs[0]!)).toBe('IndexTasks1800000000001');
  });

  it('index idempotency keys while keys are written, also after an interrupted run', async () => {
    const source = await withMigrations();
    const queryRunner = source.createQueryRunner();
    const migration = new IndexIdempotencyKeys1764000003000();
    await migration.down(queryRunner);
    const insert = `INSERT INTO idempotency_keys (owner_id, key, fingerprint) VALUES ('ada', gen_random_uuid(), 'x')`;
    await reader.query(`${insert}; ${insert}`);
    // A failed CREATE INDEX CONCURRENTLY leaves an invalid index behind.
    const unique =
      'CREATE UNIQUE INDEX CONCURRENTLY idempotency_keys_created_idx ON idempotency_keys (owner_id)';
    await expect(reader.query(unique)).rejects.toThrow('could not create unique index');
    await reader.query('BEGIN');
    await reader.query(insert);
    const up = migration.up(queryRunner);
    const waiting = "SELECT FROM pg_locks WHERE relation = 'idempotency_keys'::regclass AND NOT granted";
    await sleep(500);
    expect(await queryOnce(api.databaseUrl, waiting)).toEqual([]);
    await queryOnce(api.databaseUrl, insert);
    await reader.query('COMMIT');
    await up;
    await migration.up(queryRunner);
    await queryRunner.release();
    const { rows } = await reader.query(
      `SELECT indisvalid, indisunique FROM pg_index
       WHERE indexrelid::regclass::text LIKE 'idempotency_keys%created_idx'`,
    );
    expect(rows).toEqual(Array.from({ length: 2 }, () => ({ indisvalid: true, indisunique: false })));
  });
});
