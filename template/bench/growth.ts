/**
 * `npm run bench:growth`: what lists, searches and creates cost with ten million tasks, of which one user has a million.
 * Exits with 1 where a limit below did not hold. It takes some minutes and 8 GB of disk; `--tasks N` makes fewer.
 */
import { parseArgs } from 'node:util';
import { startThrowawayPostgres } from '../../tools/postgres/embedded-postgres.js';
import {
  type MeasuredTasks,
  LIMIT,
  type List,
  lists,
  openMeasuredTasks,
} from '../../apps/api/test/measured-tasks.js';
import { startIssuer } from './issuer.js';
import { report } from './report.js';
import { apiSettings, type BenchServer, migrate, startApi } from './servers.js';

const { values: options } = parseArgs({ options: { tasks: { type: 'string', default: '10000000' } } });
const TASKS = Number(options.tasks);
const OWNER = 'user-1';
/** The page that is compared with the first. */
const PAGE = Math.min(10_000, Math.floor(TASKS / 50 / LIMIT));
const SEARCH_MS = 50;
/** Over its time limit, a statement is ended: 503. */
const ANSWER_MS = 5_000;
const CREATES = 2_000;

/** What is in every task, in about one of 140 (a part of an MD5), in one of 2,000, and in none. */
const words = ['task', 'abc', 'zebra', 'unicorn'];

/** Makes the indexes after the rows, as a restored dump would. */
async function fill({ client }: MeasuredTasks): Promise<void> {
  const { rows: indexes } = await client.query<{ name: string; definition: string }>(
    `SELECT indexname AS name, indexdef AS definition FROM pg_indexes
     WHERE tablename = 'tasks' AND indexname <> 'tasks_pkey'`,
  );
  for (const { name } of indexes) {
    await client.query(`DROP INDEX ${name}`);
  }
  await client.query(
    `INSERT INTO tasks (owner_id, id, title, description, completed, due_at, created_at, updated_at)
     SELECT CASE WHEN n % 10 = 0 THEN '${OWNER}' ELSE 'user-' || 2 + n % 9000 END,
            ('01900000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid,
            'Task ' || md5(n::text),
            CASE WHEN n % 20000 = 0 THEN 'Feed the zebra' WHEN n % 3 = 0 THEN 'What is to be done, and what for' END,
            hashint4(n) % 2 = 0,
            CASE WHEN n % 80 <> 0 THEN now() + (hashint4(n + 1) % 5000) * interval '1 hour' END, now(), now()
     FROM generate_series(1, $1::int) n`,
    [TASKS],
  );
  await client.query("SET maintenance_work_mem = '1GB'");
  for (const { definition } of indexes) {
    await client.query(definition);
  }
  await client.query('VACUUM ANALYZE tasks');
}

async function comparePages(tasks: MeasuredTasks, list: List): Promise<void> {
  const first = await tasks.readPage(OWNER, list);
  const [cursor] = await tasks.cursorsBehind(OWNER, list, [(PAGE - 1) * LIMIT]);
  const deep = await tasks.readPage(OWNER, list, cursor);
  report(
    `${nameOf(list)}: pages of table and index read for page 1, and for page ${PAGE}`,
    `${first.read}, ${deep.read}`,
    deep.read <= Math.min(2 * first.read, LIMIT + 12),
  );
}

const nameOf = ({ sort, completed }: List) =>
  `${sort}${completed === undefined ? '' : `, completed=${completed}`}`;

/** The milliseconds of one answer, the second time it is asked for, and its status. */
async function ask(api: BenchServer, token: string, query: Record<string, string>) {
  const url = `${api.url}/api/tasks?${new URLSearchParams(query)}`;
  const headers = { authorization: `Bearer ${token}` };
  await (await fetch(url, { headers })).text();
  const askedAt = performance.now();
  const response = await fetch(url, { headers });
  await response.text();
  return { milliseconds: performance.now() - askedAt, status: response.status };
}

async function searchAll(api: BenchServer, token: string): Promise<void> {
  for (const search of words) {
    const answers = [];
    for (const { sort, completed } of lists) {
      answers.push(
        await ask(api, token, { search, sort, ...(completed === false && { completed: 'false' }) }),
      );
    }
    const slowest = Math.max(...answers.map(({ milliseconds }) => milliseconds));
    report(
      `search for "${search}", the slowest of ${lists.length} lists, ms`,
      slowest.toFixed(1),
      slowest < SEARCH_MS && answers.every(({ status }) => status === 200),
    );
  }
}

async function listCompleted(api: BenchServer, token: string): Promise<void> {
  for (const { sort } of lists.filter(({ completed }) => completed === undefined)) {
    const { milliseconds, status } = await ask(api, token, { completed: 'true', sort });
    report(
      `${sort}, completed=true, ms and status`,
      `${milliseconds.toFixed(1)}, ${status}`,
      milliseconds < ANSWER_MS && [200, 503].includes(status),
    );
  }
}

async function create(api: BenchServer, token: string): Promise<void> {
  const times: number[] = [];
  while (times.length < CREATES) {
    const askedAt = performance.now();
    const response = await fetch(`${api.url}/api/tasks`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ title: 'Write a letter', description: 'What is to be done, and what for' }),
    });
    await response.text();
    if (response.status !== 201) {
      throw new Error(`A create was answered ${response.status}.`);
    }
    times.push(performance.now() - askedAt);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor(share * times.length)]!.toFixed(1);
  console.log(`create, one after another, ms: p50 ${at(0.5)}, p99 ${at(0.99)}, slowest ${at(0.9999)}`);
}

const postgres = await startThrowawayPostgres();
const issuer = await startIssuer();
try {
  migrate(postgres.url);
  const tasks = await openMeasuredTasks(postgres.url);
  try {
    await fill(tasks);
    for (const list of lists) {
      await comparePages(tasks, list);
    }
  } finally {
    await tasks.close();
  }
  const api = await startApi(await apiSettings(postgres.url, issuer));
  const token = issuer.token(1);
  await searchAll(api, token);
  await listCompleted(api, token);
  await create(api, token);
  await searchAll(api, token);
  await api.stop();
} finally {
  issuer.close();
  await postgres.stop();
}
