import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConflictException, Logger } from '@nestjs/common';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../../../tools/test/database.js';
import { IdempotencyService } from '../src/database/idempotency.service.js';
import { OwnedRepository } from '../src/database/owned-repository.js';
import { OwnerScope, type ScopedManager } from '../src/database/owner-scope.js';
import { getPool } from '../src/database/queryable.js';
import { type Transaction, Transactions } from '../src/database/transactions.js';
import { Task } from '../src/tasks/task.entity.js';
import { createTaskSchema } from '../src/tasks/tasks.schemas.js';
import { TasksService } from '../src/tasks/tasks.service.js';
import { type RunningApi, startApi } from './running-api.js';

/** All members that `ScopedManager` hides. TypeScript does not exist at run time. */
// oxlint-disable-next-line typescript/no-explicit-any -- a feature could use it, too
type Unchecked = any;

let database: TestDatabase;
let administrator: pg.Client;
let api: RunningApi;
/** Has connections that a scope doesn't use. */
let wideApi: RunningApi;
let scope: OwnerScope;
let tasks: TasksService;
let ada: string;
let bob: string;
let bobsTask: string;

beforeAll(async () => {
  database = await createTestDatabase();
  administrator = new pg.Client(database.url);
  await administrator.connect();
  await administrator.query(`
    CREATE TABLE scope_children (
      owner_id text NOT NULL,
      id uuid NOT NULL,
      version integer NOT NULL DEFAULT 1,
      created_at timestamptz(3) NOT NULL,
      updated_at timestamptz(3) NOT NULL,
      task_id uuid NOT NULL,
      body text NOT NULL,
      PRIMARY KEY (owner_id, id),
      FOREIGN KEY (owner_id, task_id) REFERENCES tasks (owner_id, id) ON DELETE CASCADE
    );
    SELECT enable_owner_scope('scope_children');
    CREATE VIEW all_tasks AS SELECT * FROM tasks;
    CREATE VIEW scoped_tasks WITH (security_invoker = true) AS SELECT * FROM tasks;
    DO $$ BEGIN EXECUTE format('GRANT SELECT ON scoped_tasks TO %I', owner_scope_role()); END $$;
  `);
  // One connection: anything that needs a second one fails, and soon.
  api = await startApi({ DATABASE_URL: database.url, DATABASE_POOL_SIZE: '1', OWNER_MAX_ROWS: '20' });
  getPool(api.get(DataSource)).options.connectionTimeoutMillis = 2_000;
  wideApi = await startApi({ DATABASE_URL: database.url, DATABASE_POOL_SIZE: '5' });
  scope = api.get(OwnerScope);
  tasks = api.get(TasksService);
});

afterAll(async () => {
  await Promise.all([api.close(), wideApi.close()]);
  await administrator.end();
  await database.drop();
});

beforeEach(async () => {
  ada = `ada-${randomUUID()}`;
  bob = `bob-${randomUUID()}`;
  await create(ada, 'Hers');
  bobsTask = (await create(bob, 'Secret')).row.id;
});

afterEach(() => {
  jest.restoreAllMocks();
});

const create = (ownerId: string, title: string) => tasks.create(ownerId, createTaskSchema.parse({ title }));

const repository = () => api.get<OwnedRepository<Task>>('OwnedRepository<Task>' as Unchecked);

const readOwned = async (ownerId: string) =>
  (
    await administrator.query(
      'SELECT title, completed, version FROM tasks WHERE owner_id = $1 ORDER BY title',
      [ownerId],
    )
  ).rows;

async function expectNothingOfBob(
  work: (manager: ScopedManager & Unchecked) => Promise<unknown>,
  running = api,
): Promise<void> {
  const result = await running
    .get(OwnerScope)
    .run(ada, work)
    .catch((error: Error) => error.message);
  expect(JSON.stringify(result) ?? '').not.toContain('Secret');
  expect(await readOwned(bob)).toEqual([{ title: 'Secret', completed: false, version: 1 }]);
  const { rows } = await administrator.query(
    'SELECT count(*)::integer AS count FROM tasks WHERE owner_id = $1',
    [bob],
  );
  expect(rows).toEqual([{ count: 1 }]);
}

describe('a query in a scope reads only rows of its owner', () => {
  it.each<[string, (manager: ScopedManager) => Promise<unknown>]>([
    ['find', (manager) => manager.find(Task)],
    ['findOneBy another owner', (manager) => manager.findBy(Task, { ownerId: bob })],
    ['a repository', (manager) => manager.getRepository(Task).find()],
    ['a query builder', (manager) => manager.createQueryBuilder(Task, 'task').getMany()],
    ['SELECT', (manager) => manager.query('SELECT * FROM tasks')],
    [
      'a condition with OR',
      (manager) => manager.query('SELECT * FROM tasks WHERE owner_id = $1 OR true', [bob]),
    ],
    ['a join', (manager) => manager.query('SELECT b.* FROM tasks a JOIN tasks b ON true')],
    ['a subquery', (manager) => manager.query('SELECT (SELECT string_agg(title, $1) FROM tasks)', [','])],
    ['WITH', (manager) => manager.query('WITH found AS (SELECT * FROM tasks) TABLE found')],
    ['TABLE', (manager) => manager.query('TABLE tasks')],
    ['a template literal', (manager) => manager.sql`SELECT * FROM tasks WHERE id = ${bobsTask} OR true`],
    ['a view with security_invoker', (manager) => manager.query('SELECT * FROM scoped_tasks')],
    ['SELECT FOR UPDATE', (manager) => manager.query('SELECT * FROM tasks FOR UPDATE')],
    [
      'query_to_xml',
      (manager) => manager.query("SELECT query_to_xml('SELECT * FROM tasks', true, true, '')"),
    ],
  ])('%s', async (_, read) => {
    const text = JSON.stringify(await scope.run(ada, read));
    expect(text).not.toContain('Secret');
  });

  it('finds her own', async () => {
    const [task] = await scope.run(ada, (manager) => manager.find(Task));
    expect(task).toMatchObject({ ownerId: ada, title: 'Hers', completed: false, version: 1 });
    expect(task?.createdAt).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
  });

  it('counts only her own', async () => {
    expect(await scope.run(ada, (manager) => manager.count(Task))).toBe(1);
  });

  it('rejects a view without security_invoker', async () => {
    await expect(scope.run(ada, (manager) => manager.query('SELECT * FROM all_tasks'))).rejects.toThrow(
      'permission denied',
    );
  });

  it('has no access to the tables behind the owned repositories', async () => {
    for (const table of ['idempotency_keys', 'owner_usage', 'migrations']) {
      await expect(scope.run(ada, (manager) => manager.query(`SELECT * FROM ${table}`))).rejects.toThrow(
        'permission denied',
      );
    }
  });
});

describe('a statement in a scope changes no row of another owner', () => {
  it.each([
    `UPDATE tasks SET title = 'Changed'`,
    `UPDATE tasks SET title = 'Changed' WHERE owner_id = '$bob'`,
    `UPDATE tasks SET owner_id = '$bob'`,
    `DELETE FROM tasks`,
    `DELETE FROM tasks WHERE owner_id = '$bob'`,
    `INSERT INTO tasks (owner_id, title) VALUES ('$bob', 'Planted')`,
    `INSERT INTO tasks (owner_id, id, title) VALUES ('$bob', '$id', 'Planted')
       ON CONFLICT (owner_id, id) DO UPDATE SET title = 'Changed'`,
    `INSERT INTO tasks (owner_id, title) SELECT '$bob', title FROM tasks`,
    `MERGE INTO tasks USING (SELECT 1) AS one ON true WHEN MATCHED THEN UPDATE SET title = 'Changed'`,
    `MERGE INTO tasks USING (SELECT 1) AS one ON id = '$id' WHEN NOT MATCHED THEN
       INSERT (owner_id, title) VALUES ('$bob', 'Planted')`,
    `WITH deleted AS (DELETE FROM tasks RETURNING *) SELECT * FROM deleted`,
    `UPDATE scoped_tasks SET title = 'Changed'`,
    `DELETE FROM all_tasks`,
    `INSERT INTO scope_children (task_id, body) VALUES ('$id', 'Hello')`,
    `TRUNCATE tasks`,
    `DROP TABLE tasks`,
    `ALTER TABLE tasks DISABLE ROW LEVEL SECURITY`,
    `COPY tasks TO STDOUT`,
  ])('%s', async (sql) => {
    await expectNothingOfBob((manager) =>
      manager.query(sql.replaceAll('$bob', bob).replaceAll('$id', bobsTask)),
    );
    const { rows } = await administrator.query('SELECT count(*)::integer AS count FROM scope_children');
    expect(rows).toEqual([{ count: 0 }]);
  });

  it.each<[string, (manager: ScopedManager) => Promise<unknown>]>([
    ['save', (manager) => manager.save(Task, { ownerId: bob, id: bobsTask, title: 'Changed' })],
    ['insert', (manager) => manager.insert(Task, { ownerId: bob, title: 'Planted' })],
    [
      'upsert',
      (manager) => manager.upsert(Task, { ownerId: bob, id: bobsTask, title: 'x' }, ['ownerId', 'id']),
    ],
    ['update', (manager) => manager.update(Task, { ownerId: bob }, { title: 'Changed' })],
    ['updateAll', (manager) => manager.updateAll(Task, { title: 'Changed' })],
    ['delete', (manager) => manager.delete(Task, { id: bobsTask })],
    ['deleteAll', (manager) => manager.deleteAll(Task)],
    [
      'a caught error, then a second try',
      async (manager) => {
        await manager.insert(Task, { ownerId: bob, title: 'Planted' }).catch(() => {});
        return manager.query(`UPDATE tasks SET title = 'Changed'`);
      },
    ],
    [
      'a savepoint',
      async (manager) => {
        await manager
          .savepoint(() => manager.insert(Task, { ownerId: bob, title: 'Planted' }))
          .catch(() => {});
        return manager.savepoint(() => manager.updateAll(Task, { title: 'Changed' }));
      },
    ],
    ['a nested run', () => scope.run(ada, (manager) => manager.updateAll(Task, { title: 'Changed' }))],
    ['a nested run for the other owner', () => scope.run(bob, (manager) => manager.find(Task))],
  ])('%s', async (_, write) => {
    await expectNothingOfBob(write);
  });
});

describe('a scope cannot be left', () => {
  it.each([
    'RESET ROLE',
    'RESET ALL',
    'SET ROLE NONE',
    `SET LOCAL app.owner_id = '$bob'`,
    `SET SESSION AUTHORIZATION DEFAULT`,
    'BEGIN',
    'START TRANSACTION',
    'COMMIT',
    'COMMIT AND CHAIN',
    'END',
    'ROLLBACK',
    'ABORT',
    'SAVEPOINT a',
    'RELEASE scope_0',
    'DISCARD ALL',
    'DEALLOCATE ALL',
    `DO $$ BEGIN PERFORM set_config('app.owner_id', '$bob', false); END $$`,
    'CALL anything()',
    'PREPARE a AS SELECT 1',
    'DECLARE a CURSOR FOR SELECT 1',
    'LISTEN a',
    'CREATE TEMPORARY TABLE a AS TABLE tasks',
    'SELECT * INTO TEMPORARY a FROM tasks',
    'SELECT * INTO pg_temp.a FROM tasks',
    'SELECT * INTO"pg_temp".a FROM tasks',
    'SELECT * INTO LOCAL TEMPORARY a FROM tasks',
    'SELECT * INTO GLOBAL TEMP a FROM tasks',
    'SELECT * INTO/**/TEMP a FROM tasks',
    'SELECT * INTO -- why\nTEMP a FROM tasks',
    'EXPLAIN ANALYZE CREATE TEMPORARY TABLE a AS TABLE tasks',
    'EXPLAIN (ANALYZE) CREATE TEMP TABLE a AS TABLE tasks',
    'EXPLAIN ANALYZE DECLARE a CURSOR WITH HOLD FOR SELECT * FROM tasks',
    'EXPLAIN ANALYZE EXECUTE s0',
    `SELECT set_config('app.owner_id', '$bob', true)`,
    `SELECT "set_config"('app.owner_id', '$bob', true)`,
    `SELECT SET_CONFIG('role', 'none', true)`,
    `SELECT U&"set\\005fconfig"('role', 'none', true)`,
    `UPDATE pg_settings SET setting = '$bob' WHERE name = 'app.owner_id'`,
    'SELECT 1; RESET ROLE',
    '; RESET ROLE',
    '-- SELECT\nRESET ROLE',
    '/* SELECT */ RESET ROLE',
    '/*/* */ SELECT 1 */ RESET ROLE',
    '(RESET ROLE)',
    '',
  ])('%s is rejected', async (sql) => {
    await expect(
      scope.run(ada, async (manager) => manager.query(sql.replaceAll('$bob', bob))),
    ).rejects.toThrow(/A scope runs|must not contain|cannot insert multiple commands/);
    await expectNothingOfBob(async (manager) => {
      await manager.query(sql.replaceAll('$bob', bob)).catch(() => {});
      return manager.query('SELECT * FROM tasks');
    });
  });

  it.each([
    '/* why */ SELECT 1 AS one',
    '-- why\n SELECT 1 AS one',
    '(SELECT 1 AS one)',
    '\n select 1 as one',
    "SELECT 1 AS one WHERE 'MERGE INTO templates' <> 'INSERT INTO tables'",
  ])('%s is a query', async (sql) => {
    expect(await scope.run(ada, (manager) => manager.query(sql))).toEqual([{ one: 1 }]);
  });

  it.each<[string, (manager: Unchecked, running: RunningApi) => Promise<unknown>]>([
    ['the data source', (manager) => manager.dataSource.query('SELECT * FROM tasks')],
    ['the connection', (manager) => manager.connection.query('SELECT * FROM tasks')],
    ['a new query runner', (manager) => manager.connection.createQueryRunner().query('SELECT * FROM tasks')],
    ['the manager of the connection', (manager) => manager.connection.manager.find(Task)],
    ['a repository of the connection', (manager) => manager.connection.getRepository(Task).find()],
    [
      'a repository',
      (manager) => manager.getRepository(Task).manager.connection.query('SELECT * FROM tasks'),
    ],
    ['metadata', (manager) => manager.getRepository(Task).metadata.dataSource.query('SELECT * FROM tasks')],
    [
      'a query builder',
      (manager) => manager.createQueryBuilder(Task, 't').dataSource.query('SELECT * FROM tasks'),
    ],
    ['the pool', async (manager) => manager.connection.driver.master.query('SELECT * FROM tasks')],
    ['the query runner', (manager) => manager.queryRunner.query('RESET ROLE')],
    ['the end of the transaction', (manager) => manager.queryRunner.commitTransaction()],
    [
      'a transaction',
      (manager) => manager.transaction((inner: Unchecked) => inner.query('SELECT * FROM tasks')),
    ],
    ['the release of the connection', (manager) => manager.queryRunner.release()],
    ['clear', (manager) => manager.clear(Task)],
    ['a stream', (manager) => manager.createQueryBuilder(Task, 'task').stream()],
    ['an injected data source', (_, running) => running.get(DataSource).query('SELECT * FROM tasks')],
    ['an injected manager', (_, running) => running.get(DataSource).manager.find(Task)],
    [
      'a transaction of an injected data source',
      (_, running) => running.get(DataSource).transaction((manager) => manager.find(Task)),
    ],
    ['a transaction of repositories', (_, running) => running.get(Transactions).run(ada, async () => {})],
    [
      'an idempotent request',
      (_, running) =>
        running.get(IdempotencyService).runOnce(ada, 'key', ['tasks', {}], async () => Promise.reject()),
    ],
  ])('through %s', async (_, read) => {
    for (const running of [api, wideApi]) {
      await expectNothingOfBob((manager) => read(manager, running), running);
    }
  });

  it.each([
    'EXPLAIN SELECT * FROM tasks',
    'EXPLAIN ANALYZE VERBOSE DELETE FROM tasks',
    'EXPLAIN (ANALYZE, COSTS off) /* why */ SELECT * FROM tasks',
  ])('%s is a query', async (sql) => {
    expect(await scope.run(ada, (manager) => manager.query(sql))).not.toEqual([]);
  });

  it('does not open in a transaction that has ended', async () => {
    let ended: Transaction | undefined;
    await api.get(Transactions).run(ada, async (transaction) => {
      ended = transaction;
    });
    await expect(scope.run(ada, (manager) => manager.find(Task), { transaction: ended })).rejects.toThrow(
      'transaction has ended',
    );
    await expect(repository().withTransaction(ended).findOne(ada, bobsTask)).rejects.toThrow(
      'transaction has ended',
    );
  });

  it('does not outlive the transaction that it is part of', async () => {
    let late: Promise<unknown> | undefined;
    const done = api.get(Transactions).run(ada, async (transaction) => {
      late = scope
        .run(
          ada,
          async (manager) => {
            await sleep(200);
            return manager.find(Task);
          },
          { transaction },
        )
        .catch((error: Error) => error.message);
      await sleep(50);
    });
    await expect(done).rejects.toThrow('Await every scope');
    expect(await late).toMatch('has ended');
  });

  it('is the only open scope of its transaction', async () => {
    const read = (transaction: Transaction, delayMs: number) =>
      scope.run(
        ada,
        async (manager) => {
          await sleep(delayMs);
          return manager.query('SELECT title FROM tasks');
        },
        { transaction },
      );
    const result = await api
      .get(Transactions)
      .run(ada, (transaction) => Promise.all([read(transaction, 0), read(transaction, 200)]))
      .catch((error: Error) => error.message);
    expect(JSON.stringify(result)).toMatch('one after the other');
  });

  it('rejects a transaction of its own inside, which would need a second connection', async () => {
    for (const running of [api, wideApi]) {
      await expect(
        running.get(OwnerScope).run(ada, () => running.get(Transactions).run(ada, async () => {})),
      ).rejects.toThrow('This runs in a transaction of its own');
    }
  });

  it('rejects statements after its end', async () => {
    let leaked: ScopedManager | undefined;
    await scope.run(ada, async (manager) => {
      leaked = manager;
    });
    await expect(leaked!.find(Task)).rejects.toThrow('The scope has ended');
  });

  it('leaves neither role nor owner on the connection', async () => {
    const read = () =>
      api
        .get(DataSource)
        .query(
          `SELECT current_user = session_user AS "isReset", current_setting('app.owner_id', true) AS owner`,
        );
    await scope.run(ada, (manager) => manager.find(Task));
    expect(await read()).toEqual([{ isReset: true, owner: '' }]);
    await scope.run(ada, (manager) => manager.query('SELECT 1 / 0')).catch(() => {});
    expect(await read()).toEqual([{ isReset: true, owner: '' }]);
    await scope
      .run(ada, async (manager) => {
        const [{ pid }] = await manager.query('SELECT pg_backend_pid() AS pid');
        await administrator.query('SELECT pg_terminate_backend($1)', [pid]);
        return manager.find(Task);
      })
      .catch(() => {});
    const [{ owner, isReset }] = await read();
    expect({ owner: owner ?? '', isReset }).toEqual({ owner: '', isReset: true });
  });

  it('shows no row without an owner', async () => {
    await administrator.query('BEGIN');
    await administrator.query(`DO $$ BEGIN EXECUTE format('SET LOCAL ROLE %I', owner_scope_role()); END $$`);
    const { rows } = await administrator.query('SELECT * FROM tasks');
    await administrator.query('ROLLBACK');
    expect(rows).toEqual([]);
    await expect(scope.run('', (manager) => manager.find(Task))).rejects.toThrow('owner is missing');
  });
});

describe('a transaction of a scope', () => {
  it('commits all changes, or none', async () => {
    await scope.run(ada, async (manager) => {
      await manager.insert(Task, { title: 'First' });
      await manager.save(Task, [{ title: 'Second' }, { title: 'Third' }]);
    });
    await scope
      .run(ada, async (manager) => {
        await manager.deleteAll(Task);
        throw new Error('Stop');
      })
      .catch(() => {});
    expect((await readOwned(ada)).map(({ title }) => title)).toEqual(['First', 'Hers', 'Second', 'Third']);
  });

  it('does not report success if a statement failed and its error was caught', async () => {
    await expect(
      scope.run(ada, async (manager) => {
        await manager.insert(Task, { title: 'Lost' });
        await manager.query('SELECT 1 / 0').catch(() => {});
      }),
    ).rejects.toThrow('was rolled back');
    expect(await readOwned(ada)).toHaveLength(1);
  });

  it('keeps what was done before a savepoint that fails', async () => {
    await scope.run(ada, async (manager) => {
      await manager.insert(Task, { title: 'Kept' });
      await manager
        .savepoint(async () => {
          await manager.insert(Task, { title: 'Lost' });
          await manager.query('SELECT 1 / 0');
        })
        .catch(() => {});
      await manager.savepoint(() => manager.savepoint(() => manager.insert(Task, { title: 'Nested' })));
    });
    expect((await readOwned(ada)).map(({ title }) => title)).toEqual(['Hers', 'Kept', 'Nested']);
  });

  it('includes owned repositories and nested runs', async () => {
    let found = 0;
    const failing = scope.run(ada, async () => {
      await create(ada, 'Lost');
      await scope.run(ada, (manager) => manager.insert(Task, { title: 'Lost, too' }));
      found = (await tasks.findAll(ada, { limit: 10, sort: '-createdAt', search: 'lost' })).items.length;
      throw new Error('Stop');
    });
    await expect(failing).rejects.toThrow('Stop');
    expect(found).toBe(2);
    expect(await readOwned(ada)).toHaveLength(1);
  });

  it('rejects a repository call for another owner', async () => {
    await expect(scope.run(ada, () => tasks.findOne(bob, bobsTask))).rejects.toThrow('another owner');
  });

  it('does not commit half of a nested run whose error was caught', async () => {
    await expect(
      scope.run(ada, async () => {
        await scope
          .run(ada, async (manager) => {
            await manager.insert(Task, { title: 'Half' });
            throw new Error('Stop');
          })
          .catch(() => {});
      }),
    ).rejects.toThrow('Stop');
    expect(await readOwned(ada)).toHaveLength(1);
  });

  it('is part of the transaction of an idempotency key', async () => {
    const createOnce = (fails: boolean) =>
      api.get(IdempotencyService).runOnce(ada, 'key', ['tasks', { title: 'Once' }], async (transaction) => {
        await scope.run(ada, (manager) => manager.insert(Task, { title: 'In scope' }), { transaction });
        const created = await api
          .get<OwnedRepository<Task>>('OwnedRepository<Task>' as Unchecked)
          .withTransaction(transaction)
          .insert(ada, { title: 'Once' });
        if (fails) {
          throw new Error('Stop');
        }
        return created;
      });
    await createOnce(true).catch(() => {});
    expect(await readOwned(ada)).toHaveLength(1);
    const { row } = await createOnce(false);
    expect((await createOnce(false)).row).toEqual(row);
    expect((await readOwned(ada)).map(({ title }) => title)).toEqual(['Hers', 'In scope', 'Once']);
  });

  it('rolls back its part of a transaction that catches its error', async () => {
    await api.get(Transactions).run(ada, async (transaction) => {
      await scope
        .run(
          ada,
          async (manager) => {
            await manager.insert(Task, { title: 'Half' });
            throw new Error('Stop');
          },
          { transaction },
        )
        .catch(() => {});
      await repository().withTransaction(transaction).insert(ada, { title: 'After' });
      await scope.run(ada, (manager) => manager.query('SELECT 1 / 0'), { transaction }).catch(() => {});
      await repository().withTransaction(transaction).insert(ada, { title: 'Last' });
    });
    expect((await readOwned(ada)).map(({ title }) => title)).toEqual(['After', 'Hers', 'Last']);
  });

  it('does not roll back another transaction when a savepoint ends late', async () => {
    let late: Promise<unknown> | undefined;
    const first = scope.run(ada, async (manager) => {
      late = manager
        .savepoint(async () => {
          await sleep(300);
          throw new Error('Late');
        })
        .catch((error: Error) => error.message);
      await sleep(50);
    });
    await expect(first).rejects.toThrow('Await every savepoint');
    await scope.run(bob, async (manager) => {
      await manager.savepoint(async () => {
        await manager.insert(Task, { title: 'Kept' });
        await sleep(500);
      });
    });
    await late;
    expect((await readOwned(bob)).map(({ title }) => title)).toEqual(['Kept', 'Secret']);
  });

  it('cannot write if it is read-only, also as a part of another transaction', async () => {
    await api.get(Transactions).run(ada, async (transaction) => {
      const insert = scope.run(ada, (manager) => manager.insert(Task, { title: 'x' }), {
        transaction,
        readOnly: true,
      });
      await expect(insert).rejects.toThrow('The scope is read-only');
      await scope.run(ada, (manager) => manager.find(Task), { transaction, readOnly: true });
      await repository().withTransaction(transaction).insert(ada, { title: 'After' });
    });
    expect((await readOwned(ada)).map(({ title }) => title)).toEqual(['After', 'Hers']);
  });

  it('cannot write if it is read-only', async () => {
    const insert = (manager: ScopedManager) => manager.insert(Task, { title: 'x' });
    await expect(scope.run(ada, insert, { readOnly: true })).rejects.toThrow('The scope is read-only');
    await expect(scope.run(ada, () => scope.run(ada, insert), { readOnly: true })).rejects.toThrow(
      'read-only',
    );
  });

  it('ends after 5 s of waiting for something else, and logs its caller', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
    const startedAt = performance.now();
    await expect(
      scope.run(ada, async function waitTooLong(manager) {
        const [{ pid }] = await manager.query('SELECT pg_backend_pid() AS pid');
        // PostgreSQL may end the connection later on a busy machine.
        while ((await administrator.query('SELECT FROM pg_stat_activity WHERE pid = $1', [pid])).rowCount) {
          await sleep(100);
        }
        await manager.find(Task);
      }),
    ).rejects.toMatchObject({ code: '25P03' });
    expect(performance.now() - startedAt).toBeGreaterThan(4_900);
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('owner-scope.e2e-spec.ts'));
  });
});

describe('rows written in a scope', () => {
  it('get an owner, an id of version 7 and times', async () => {
    const before = Date.now() - 1_000;
    const [row] = await scope.run(ada, (manager) =>
      manager.query(`INSERT INTO tasks (title) VALUES ('Raw') RETURNING *`),
    );
    expect(row).toMatchObject({ owner_id: ada, version: 1 });
    expect(row.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab]/);
    expect(Number.parseInt(row.id.slice(0, 8) + row.id.slice(9, 13), 16)).toBeGreaterThan(before);
    expect(Date.parse(row.created_at)).toBeGreaterThan(before);
  });

  it('get a new version with every update, so that an ETag never describes two states', async () => {
    await scope.run(ada, (manager) => manager.query('UPDATE tasks SET completed = true'));
    await scope.run(ada, async (manager) => {
      const [task] = await manager.find(Task);
      await manager.save(Task, { ...task, title: 'Saved' });
    });
    const [task] = await scope.run(ada, (manager) => manager.find(Task));
    expect(task).toMatchObject({ title: 'Saved', completed: true, version: 3 });
    const { version } = await tasks.update(ada, task!.id, { title: 'Again' }, [3]);
    expect(version).toBe(4);
  });

  it('get a new version, also if a statement sets it', async () => {
    await scope.run(ada, async (manager) => {
      await manager.query('UPDATE tasks SET completed = true');
      await manager.query('UPDATE tasks SET version = 1');
    });
    expect(await readOwned(ada)).toMatchObject([{ version: 3 }]);
  });

  it('have the time of their statement in the id, so that lists are in the order of `createdAt`', async () => {
    const insert = `INSERT INTO tasks (title) VALUES ('Raw') RETURNING *`;
    await scope.run(ada, async (manager) => {
      await sleep(20);
      const { row: first } = await create(ada, 'First');
      const [second] = await manager.query(insert);
      expect(Number.parseInt(second.id.slice(0, 8) + second.id.slice(9, 13), 16)).toBe(
        Date.parse(second.created_at),
      );
      expect(Date.parse(second.created_at)).toBeGreaterThanOrEqual(Date.parse(first.createdAt) - 10);
      const [[changed]] = await manager.query('UPDATE tasks SET completed = true WHERE id = $1 RETURNING *', [
        first.id,
      ]);
      expect(Date.parse(changed.updated_at)).toBeGreaterThanOrEqual(Date.parse(first.createdAt) - 10);
    });
  });

  it('count towards the quota of the owner, also if they are deleted by a cascade', async () => {
    /** A field that was added to tasks counts, too. */
    const sizeOf = (table: string) => `
      (SELECT COALESCE(sum(octet_length(value)), 0) FROM ${table} AS stored, jsonb_each_text(to_jsonb(stored))
       JOIN information_schema.columns ON column_name = key AND table_name = '${table}' AND data_type = 'text'
       WHERE owner_id = $1 AND key <> 'owner_id')`;
    const expectUsage = async (rows: number) => {
      const { rows: found } = await administrator.query(
        `SELECT rows::integer, bytes::integer, (${sizeOf('tasks')} + ${sizeOf('scope_children')})::integer AS stored
         FROM owner_usage WHERE owner_id = $1`,
        [ada],
      );
      expect(found).toEqual([{ rows, bytes: found[0].stored, stored: found[0].stored }]);
    };
    await scope.run(ada, async (manager) => {
      const { identifiers } = await manager.insert(Task, [{ title: 'ab', description: 'ä' }, { title: 'c' }]);
      await manager.query(
        `INSERT INTO scope_children (task_id, body) SELECT $1, 'text' FROM generate_series(1, 3)`,
        [identifiers[0]!.id],
      );
    });
    await expectUsage(6);
    await scope.run(ada, (manager) => manager.query(`UPDATE scope_children SET body = 'texts'`));
    await expectUsage(6);
    const { items } = await tasks.findAll(ada, { limit: 10, sort: 'title', search: 'ab' });
    await tasks.remove(ada, items[0]!.id);
    await expectUsage(2);
    await scope.run(ada, async () => {
      await create(ada, 'x');
    });
    await expectUsage(3);
  });

  it('cannot exceed the quota', async () => {
    const rows = Array.from({ length: 20 }, () => ({ title: 'x' }));
    await expect(scope.run(ada, (manager) => manager.insert(Task, rows))).rejects.toThrow(ConflictException);
    expect(await readOwned(ada)).toHaveLength(1);
  });
});
