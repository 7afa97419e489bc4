/**
 * `npm run bench:growth`: measures lists, searches and creates with ten million tasks, a million of them of one user.
 * Exits with 1 if a limit is exceeded. It takes some minutes and 8 GB of disk; `--tasks N` creates fewer tasks.
 */
import { parseArgs } from 'node:util';
import { startThrowawayPostgres } from '../../tools/postgres/embedded-postgres.js';
import {
  type MeasuredTasks,
  LIMIT,
  type List,
  lists,
  MAX_PAGE_READ,
  openMeasuredTasks,
} from '../../apps/api/test/measured-tasks.js';
import { startIssuer } from './issuer.js';
import { report } from './report.js';
import { apiSettings, type BenchServer, migrate, startApi } from './servers.js';

const { values: options } = parseArgs({ options: { tasks: { type: 'string', default: '10000000' } } });
const TASKS = Number(options.tasks);
const OWNER = 'user-1';
/** The page that is compared with the first one. */
const PAGE = Math.min(10_000, Math.floor(TASKS / 50 / LIMIT));
const SEARCH_MS = 50;
/** A statement over its time limit is canceled, and the response is 503. */
const RESPONSE_MS = 5_000;
const CREATES = 2_000;

/** Words in every task, in about one of 140 (part of an MD5 hash), in one of 2,000, and in none. */
const words = ['task', 'abc', 'zebra', 'unicorn'];

/** Creates the indexes after the rows, as restoring a dump does. */
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
            CASE WHEN n % 20000 = 0 THEN 'Feed the zebra' WHEN n % 3 = 0 THEN 'A description of one line' END,
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
  const [cursor] = await tasks.cursorsAfter(OWNER, list, [(PAGE - 1) * LIMIT]);
  const deep = await tasks.readPage(OWNER, list, cursor);
  report(
    `${nameOf(list)}: blocks read for page 1 and page ${PAGE}`,
    `${first.read}, ${deep.read}`,
    deep.read <= Math.min(2 * first.read, MAX_PAGE_READ),
  );
}

const nameOf = ({ sort, completed }: List) =>
  `${sort}${completed === undefined ? '' : `, completed=${completed}`}`;

/** Returns the status and the duration of a request, the second time it is sent. */
async function measure(api: BenchServer, token: string, query: Record<string, string>) {
  const url = `${api.url}/api/tasks?${new URLSearchParams(query)}`;
  const headers = { authorization: `Bearer ${token}` };
  await (await fetch(url, { headers })).text();
  const startedAt = performance.now();
  const response = await fetch(url, { headers });
  await response.text();
  return { durationMs: performance.now() - startedAt, status: response.status };
}

async function searchAll(api: BenchServer, token: string): Promise<void> {
  for (const search of words) {
    const responses = [];
    for (const { sort, completed } of lists) {
      responses.push(
        await measure(api, token, { search, sort, ...(completed === false && { completed: 'false' }) }),
      );
    }
    const slowest = Math.max(...responses.map(({ durationMs }) => durationMs));
    report(
      `search for "${search}", the slowest of ${lists.length} lists, ms`,
      slowest.toFixed(1),
      slowest < SEARCH_MS && responses.every(({ status }) => status === 200),
    );
  }
}

async function listCompleted(api: BenchServer, token: string): Promise<void> {
  for (const { sort } of lists.filter(({ completed }) => completed === undefined)) {
    const { durationMs, status } = await measure(api, token, { completed: 'true', sort });
    report(
      `${sort}, completed=true, ms and status`,
      `${durationMs.toFixed(1)}, ${status}`,
      durationMs < RESPONSE_MS && [200, 503].includes(status),
    );
  }
}

async function create(api: BenchServer, token: string): Promise<void> {
  const times: number[] = [];
  while (times.length < CREATES) {
    const startedAt = performance.now();
    const response = await fetch(`${api.url}/api/tasks`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ title: 'Write a letter', description: 'A description of one line' }),
    });
    await response.text();
    if (response.status !== 201) {
      throw new Error(`Creating a task returned ${response.status}.`);
    }
    times.push(performance.now() - startedAt);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor(share * times.length)]!.toFixed(1);
  console.log(`create, one at a time, ms: p50 ${at(0.5)}, p99 ${at(0.99)}, slowest ${at(0.9999)}`);
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
