/**
 * `npm run bench:growth`: measures lists, searches and creates with ten million tasks, a million of them of one user, and
 * lists of one task's comments among ten million comments. Exits with 1 if a limit is exceeded. It takes some minutes and
 * 14 GB of disk; `--rows N` creates fewer rows.
 */
import { parseArgs } from 'node:util';
import type { Type } from '@nestjs/common';
import type { Client } from 'pg';
import { startThrowawayPostgres } from '../../tools/postgres/embedded-postgres.js';
import { Comment, commentLists, createComments } from '../../apps/api/test/measured-comments.js';
import { LIMIT, type List, openMeasuredRepository } from '../../apps/api/test/measured-repository.js';
import { taskLists } from '../../apps/api/test/measured-tasks.js';
import type { OwnedEntity } from '../../apps/api/src/database/owned.entity.js';
import { Task } from '../../apps/api/src/tasks/task.entity.js';
import { startIssuer } from './issuer.js';
import { report } from './report.js';
import { apiSettings, type BenchServer, migrate, startApi } from './servers.js';

const { values: options } = parseArgs({ options: { rows: { type: 'string', default: '10000000' } } });
const ROWS = Number(options.rows);
const OWNER = 'user-1';
/** The page that is compared with the first one. */
const PAGE = Math.min(10_000, Math.floor(ROWS / 50 / LIMIT));
const SEARCH_MS = 50;
/** A statement over its time limit is canceled, and the response is 503. */
const RESPONSE_MS = 5_000;
const CREATES = 2_000;

/** Words in every task, in about one of 140 (part of an MD5 hash), in one of 2,000, and in none. */
const words = ['task', 'abc', 'zebra', 'unicorn'];

/** Creates the indexes after the rows, as restoring a dump does. */
async function createTasks(client: Client): Promise<void> {
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
    [ROWS],
  );
  for (const { definition } of indexes) {
    await client.query(definition);
  }
  await client.query('VACUUM ANALYZE tasks');
}

async function compareAllPages<T extends OwnedEntity>(
  entity: Type<T>,
  createRows: (client: Client) => Promise<void>,
  lists: List<T>[],
): Promise<void> {
  const repository = await openMeasuredRepository(postgres.url, entity);
  await repository.client.query("SET maintenance_work_mem = '1GB'");
  await createRows(repository.client);
  for (const list of lists) {
    const first = await repository.readPage(OWNER, list);
    const [cursor] = await repository.cursorsAfter(OWNER, list, [(PAGE - 1) * LIMIT]);
    const deep = await repository.readPage(OWNER, list, cursor);
    report(
      `${entity.name}, ${list.sort}, ${JSON.stringify(list.where ?? {})}: blocks read for page 1 and page ${PAGE}`,
      `${Math.max(...first.read)}, ${Math.max(...deep.read)}`,
      deep.rows === LIMIT &&
        ([0, 1] as const).every(
          (plan) => deep.read[plan] <= Math.min(2 * first.read[plan], repository.maxPageRead),
        ),
    );
  }
  await repository.close();
}

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
    for (const { sort, where } of taskLists) {
      responses.push(await measure(api, token, { search, sort, ...(where && { completed: 'false' }) }));
    }
    const slowest = Math.max(...responses.map(({ durationMs }) => durationMs));
    report(
      `search for "${search}", the slowest of ${taskLists.length} lists, ms`,
      slowest.toFixed(1),
      slowest < SEARCH_MS && responses.every(({ status }) => status === 200),
    );
  }
}

async function listCompleted(api: BenchServer, token: string): Promise<void> {
  for (const { sort } of taskLists.filter(({ where }) => !where)) {
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
  await compareAllPages(Task, createTasks, taskLists);
  const api = await startApi(await apiSettings(postgres.url, issuer));
  const token = issuer.token(1);
  await searchAll(api, token);
  await listCompleted(api, token);
  await create(api, token);
  await searchAll(api, token);
  await api.stop();
  await compareAllPages(Comment, (client) => createComments(client, ROWS), commentLists);
} finally {
  issuer.close();
  await postgres.stop();
}
