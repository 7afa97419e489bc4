import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../../../tools/test/database.js';
import { OwnedRepository } from '../src/database/owned-repository.js';
import { OwnerScope } from '../src/database/owner-scope.js';
import { Task } from '../src/tasks/task.entity.js';
import { type RunningApi, startApi } from './running-api.js';

/** Ways in which a feature could reach the rows of another user, as each kind of role in DATABASE_URL. */

// oxlint-disable-next-line typescript/no-explicit-any -- TypeScript rejects most of these ways
type Unchecked = any;

/** Expected if a way succeeds, but finds and changes nothing of the other user. */
const NOTHING = /^(?!.*Error)/;

const queries: [sql: string, stoppedBy: RegExp][] = [
  ['SELECT * FROM tasks', NOTHING],
  ['SELECT * FROM tasks TABLESAMPLE SYSTEM (100)', NOTHING],
  [`SELECT table_to_xml('tasks', true, true, '')`, NOTHING],
  [`SELECT word FROM ts_stat('SELECT to_tsvector(title) FROM tasks')`, NOTHING],
  // PostgreSQL calls no function that could leak a value before the policy.
  [`SELECT id FROM tasks WHERE 1 / (title <> 'Secret')::integer = 1`, NOTHING],
  [`SELECT most_common_vals FROM pg_stats WHERE tablename = 'tasks'`, NOTHING],
  [`SELECT query FROM pg_stat_activity WHERE query LIKE '%Secret%' AND pid <> pg_backend_pid()`, NOTHING],
  [`UPDATE tasks SET title = 'Changed'`, NOTHING],
  [`DELETE FROM tasks WHERE owner_id = '$bob'`, NOTHING],
  [`UPDATE tasks SET owner_id = '$bob'`, /row-level security policy/],
  [`INSERT INTO tasks (owner_id, title) VALUES ('$bob', 'Planted')`, /row-level security policy/],
  [
    `INSERT INTO tasks (owner_id, id, title) VALUES ('$bob', '$id', 'x')
     ON CONFLICT (owner_id, id) DO UPDATE SET title = 'Changed'`,
    /row-level security policy/,
  ],
  ['SELECT * FROM owner_usage', /permission denied for table/],
  [`SELECT charge_owner_usage('$bob', 1000, 1, NULL, NULL)`, /permission denied for table/],
  [`SELECT disable_owner_scope('tasks')`, /must be owner/],
  ['SELECT * FROM pg_statistic', /permission denied for table/],
  [`SELECT pg_read_file('PG_VERSION')`, /permission denied for function/],
  [
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = current_user OR pid = $pid',
    /permission denied|must be/,
  ],
  ['SELECT * INTO kept FROM tasks', /permission denied for schema/],
  ['SELECT * INTO TEMPORARY kept FROM tasks', /INTO TEMPORARY/],
  ['RESET ROLE', /A scope runs SELECT/],
  ['COPY tasks TO STDOUT', /A scope runs SELECT/],
  [`SELECT set_config('app.owner_id', '$bob', true)`, /must not contain set_config/],
  ['SELECT 1; SELECT * FROM tasks', /multiple commands/],
];

/** Each keeps something of a scope and uses it afterwards. */
const afterScope: [name: string, keep: (manager: Unchecked) => Unchecked, stoppedBy: RegExp][] = [
  ['the manager', (manager) => manager, /The scope has ended/],
  ['its connection', (manager) => manager.connection, /The scope has ended/],
  ['a repository', (manager) => manager.getRepository(Task), /The scope has ended/],
  ['a query builder', (manager) => manager.createQueryBuilder(Task, 'task').connection, /has ended/],
  ['the pool', (manager) => manager.connection.driver.master, /undefined/],
  ['metadata', (manager) => manager.getRepository(Task).metadata.dataSource, /metadata have no connection/],
  ['all metadata', (manager) => manager.connection.entityMetadatas[0].connection, /have no connection/],
  ['the relation loader', (manager) => manager.connection.relationLoader.dataSource, /The scope has ended/],
];

const page = { sort: 'title', limit: 5 } as const;

const repositoryCalls: [
  name: string,
  call: (tasks: Unchecked, ids: Record<'ada' | 'bob' | 'id', string>) => Promise<unknown>,
  stoppedBy: RegExp,
][] = [
  ['findOne', (tasks, { ada, id }) => tasks.findOne(ada, id), NOTHING],
  ['update', (tasks, { ada, id }) => tasks.update(ada, id, { title: 'Changed' }), NOTHING],
  ['a function', (tasks, { ada, id }) => tasks.update(ada, id, () => ({ title: 'Changed' })), NOTHING],
  ['remove', (tasks, { ada, id }) => tasks.remove(ada, id), NOTHING],
  ['exists', (tasks, { ada }) => tasks.exists(ada, { title: 'Secret' }), NOTHING],
  ['no owner', (tasks) => tasks.findPage(undefined, page), NOTHING],
  ['two owners', (tasks, { ada, bob }) => tasks.findPage([ada, bob], page), NOTHING],
  [
    'SQL as a search',
    (tasks, { ada }) => tasks.findPage(ada, { ...page, search: `') OR true --`, searchIn: ['title'] }),
    NOTHING,
  ],
  [
    'another owner as a condition',
    (tasks, { ada, bob }) => tasks.findPage(ada, { ...page, where: { ownerId: bob } }),
    /no selectable property/,
  ],
  [
    'SQL as a condition',
    (tasks, { ada }) => tasks.findPage(ada, { ...page, where: { 'title" = $1 OR true --': 'x' } }),
    /no selectable property/,
  ],
  [
    'SQL as an operator',
    (tasks, { ada }) => tasks.findPage(ada, { ...page, where: { title: { '= title OR true --': 'x' } } }),
    /is not a function/,
  ],
  [
    'SQL as a sort order',
    (tasks, { ada }) => tasks.findPage(ada, { limit: 5, sort: 'title" --' }),
    /no selectable property/,
  ],
  [
    'a row for another owner',
    (tasks, { ada, bob }) => tasks.insert(ada, { ownerId: bob, title: 'Planted' }),
    /no selectable property/,
  ],
  [
    'a forged transaction',
    (tasks, { ada, id }) => tasks.withTransaction({ kind: 'transaction' }).findOne(ada, id),
    /undefined/,
  ],
  [
    "another owner's cursor",
    async (tasks, { ada, bob }) => {
      const { nextCursor } = await tasks.findPage(bob, { ...page, limit: 1 });
      return tasks.findPage(ada, { ...page, cursor: nextCursor });
    },
    /cursor does not belong to this list/,
  ],
];

describe.each<[string, 'url' | 'superuserUrl']>([
  ['the role of the tests', 'url'],
  // Unknown on the server in TEST_DATABASE_URL. There, the role of the tests may be a superuser itself.
  ...(process.env.TEST_SUPERUSER_URL ? [['a superuser', 'superuserUrl'] as [string, 'superuserUrl']] : []),
])('the api connects as %s', (_, role) => {
  let database: TestDatabase;
  let administrator: pg.Client;
  let api: RunningApi;
  let tasks: OwnedRepository<Task>;
  let ada: string;
  let bob: string;
  let id: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    administrator = new pg.Client(database.url);
    await administrator.connect();
    api = await startApi({ DATABASE_URL: database[role]! });
    tasks = api.get<OwnedRepository<Task>>('OwnedRepository<Task>' as Unchecked);
  });

  afterAll(async () => {
    await api.close();
    await administrator.end();
    await database.drop();
  });

  beforeEach(async () => {
    [ada, bob] = [`ada-${randomUUID()}`, `bob-${randomUUID()}`];
    await tasks.insert(ada, { title: 'Hers' });
    id = (await tasks.insert(bob, { title: 'Secret' })).row.id;
    await tasks.insert(bob, { title: 'Secret' });
  });

  async function expectNothingOfBob(work: () => Promise<unknown>, stoppedBy: RegExp): Promise<void> {
    const result = await (async () => JSON.stringify(await work()) ?? '')().catch(String);
    expect(result).not.toContain('Secret');
    expect(result).toMatch(stoppedBy);
    const { rows } = await administrator.query(
      `SELECT title, version, (SELECT rows::integer FROM owner_usage WHERE owner_id = $1) AS count
       FROM tasks WHERE owner_id = $1`,
      [bob],
    );
    const secret = { title: 'Secret', version: 1, count: 2 };
    expect(rows).toEqual([secret, secret]);
  }

  it.each(queries)('a scope runs %s', async (sql, stoppedBy) => {
    await administrator.query('ANALYZE tasks');
    const [{ pid }] = (await administrator.query('SELECT pg_backend_pid() AS pid')).rows;
    const values: Record<string, string> = { $bob: bob, $id: id, $pid: pid };
    const text = sql.replace(/\$(bob|id|pid)/g, (name) => values[name]!);
    await expectNothingOfBob(() => api.get(OwnerScope).run(ada, (manager) => manager.query(text)), stoppedBy);
  });

  it.each(afterScope)('a feature keeps %s of a scope', async (_name, keep, stoppedBy) => {
    let kept: Unchecked;
    await api.get(OwnerScope).run(ada, async (manager) => {
      kept = keep(manager);
    });
    await expectNothingOfBob(async () => kept.query('SELECT * FROM tasks'), stoppedBy);
  });

  it.each(repositoryCalls)('a repository gets %s', async (_name, call, stoppedBy) => {
    await expectNothingOfBob(async () => call(tasks, { ada, bob, id }), stoppedBy);
  });

  it('only code without an owner sees the rows of both', async () => {
    const rows = await api.get(DataSource).query('SELECT FROM tasks WHERE owner_id IN ($1, $2)', [ada, bob]);
    expect(rows).toHaveLength(3);
  });
});
