/**
 * `npm run bench`: measures the CPU time per request of the built api with all features on, compared with a hand-written
 * server (baseline.ts), and of the built auth server, compared with one RS256 signature. Compares the lower quartiles of many
 * short, alternating rounds, because the CPU time of a request doubles for seconds on a busy machine. `--quick` runs fewer
 * rounds, for CI; `--file PATH` writes the tables to a file.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import autocannon from 'autocannon';
import getPort from 'get-port';
import pg from 'pg';
import { startThrowawayPostgres } from '../../tools/postgres/embedded-postgres.js';
import { measureAuth } from './auth.js';
import { startIssuer } from './issuer.js';
import { measureScope } from './scope.js';
import { apiSettings, type BenchServer, migrate, startApi, startServer } from './servers.js';
import { lowerQuartile, percentile } from './statistics.js';

const { values: options } = parseArgs({ options: { quick: { type: 'boolean' }, file: { type: 'string' } } });
const USERS = 1000;
const TASKS_OF_A_USER = 100;
const ROUNDS = options.quick ? 20 : 60;
const REQUESTS_OF_A_ROUND = 400;
const WARM_UP_REQUESTS = options.quick ? 3_000 : 10_000;
const CONNECTIONS = 10;

interface Scenario {
  name: string;
  method: 'GET' | 'POST' | 'PATCH';
  path: (user: number) => string;
  body?: string;
}

const taskId = (user: number) => `01900000-0000-7000-8000-${String(user * 1000 + 1).padStart(12, '0')}`;

const scenarios: Scenario[] = [
  { name: 'list 20', method: 'GET', path: () => '/api/tasks' },
  { name: 'get one', method: 'GET', path: (user) => `/api/tasks/${taskId(user)}` },
  { name: 'me', method: 'GET', path: () => '/api/me' },
  { name: 'create', method: 'POST', path: () => '/api/tasks', body: '{"title":"Write a letter"}' },
  {
    name: 'patch',
    method: 'PATCH',
    path: (user) => `/api/tasks/${taskId(user)}`,
    body: '{"completed":false}',
  },
];

async function insertTasks(url: string) {
  const client = new pg.Client(url);
  await client.connect();
  await client.query(
    `INSERT INTO tasks (owner_id, id, title, description, due_at, created_at, updated_at)
     SELECT 'user-' || u, ('01900000-0000-7000-8000-' || lpad((u * 1000 + t)::text, 12, '0'))::uuid, 'Task ' || t,
            'A description of one line', now() + t * interval '1 hour', now(), now()
     FROM generate_series(1, $1::int) u, generate_series(1, $2::int) t`,
    [USERS, TASKS_OF_A_USER],
  );
  await client.query('VACUUM ANALYZE tasks');
  await client.end();
}

/** Returns one request for each of the first hundred users. Each connection cycles through them. */
function requests({ method, path, body }: Scenario, tokens: string[]) {
  return tokens.map((token, index) => ({
    method,
    path: path(index + 1),
    body,
    headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
  }));
}

async function load(
  server: BenchServer,
  scenario: Scenario,
  tokens: string[],
  amount: number,
  rate?: number,
) {
  const result = await autocannon({
    url: server.url,
    connections: CONNECTIONS,
    amount,
    // autocannon notices the end of a round at its next sample: a short interval makes requests per second exact.
    sampleInt: 20,
    requests: requests(scenario, tokens),
    ...(rate && { overallRate: rate }),
  });
  if (result.non2xx || result.errors) {
    throw new Error(`${scenario.name}: ${result.non2xx} responses other than 2xx, ${result.errors} errors.`);
  }
  return result;
}

/** Returns the CPU time per request in microseconds and the requests per second of one round. */
async function measure(server: BenchServer, scenario: Scenario, tokens: string[]) {
  const before = await server.usage();
  const { requests: completed, duration } = await load(server, scenario, tokens, REQUESTS_OF_A_ROUND);
  const after = await server.usage();
  return {
    cpu: (after.cpuMicroseconds - before.cpuMicroseconds) / REQUESTS_OF_A_ROUND,
    perSecond: completed.total / duration,
  };
}

/** @throws Error if the responses of the two servers differ, except for ids, times and the cursor. */
async function compare(api: BenchServer, baseline: BenchServer, scenario: Scenario, token: string) {
  const [one, other] = await Promise.all(
    [api, baseline].map(async ({ url }) => {
      const response = await fetch(url + scenario.path(1), {
        method: scenario.method,
        body: scenario.body,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      });
      const text = await response.text();
      const alike =
        scenario.method === 'GET' ? text : text.replace(/"(id|createdAt|updatedAt)":"[^"]+"/g, '"$1":""');
      return [response.status, alike.replace(/"nextCursor":"[^"]+"/, '"nextCursor":""')];
    }),
  );
  if (JSON.stringify(sorted(one)) !== JSON.stringify(sorted(other))) {
    throw new Error(`${scenario.name}: the responses differ:\n${one}\n${other}`);
  }
}

const sorted = ([status, text]: (string | number)[] = []) => [
  status,
  JSON.stringify(JSON.parse(String(text)), (_, value) =>
    value && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  ),
];

const postgres = await startThrowawayPostgres();
const issuer = await startIssuer();
try {
  migrate(postgres.url);
  await insertTasks(postgres.url);
  const tokens = Array.from({ length: 100 }, (_, index) => issuer.token(index + 1));
  const settings = await apiSettings(postgres.url, issuer);
  const api = await startApi(settings);
  const idle = await api.usage();
  const loader = ['--import', '@swc-node/register/esm-register'];
  const baseline = await startServer(
    'template/bench/baseline.ts',
    { ...settings, PORT: String(await getPort()) },
    '/',
    loader,
  );
  const rows: string[][] = [];
  for (const scenario of scenarios) {
    await compare(api, baseline, scenario, tokens[0]!);
    await load(api, scenario, tokens, WARM_UP_REQUESTS);
    await load(baseline, scenario, tokens, WARM_UP_REQUESTS);
    const [ours, theirs] = [[], []] as Awaited<ReturnType<typeof measure>>[][];
    for (let round = 0; round < ROUNDS; round++) {
      ours!.push(await measure(api, scenario, tokens));
      theirs!.push(await measure(baseline, scenario, tokens));
    }
    const fixed = await load(api, scenario, tokens, options.quick ? 1_000 : 5_000, 500);
    const [cpu, baselineCpu] = [ours, theirs].map((rounds) =>
      lowerQuartile(rounds!.map((round) => round.cpu)),
    );
    rows.push([
      scenario.name,
      cpu!.toFixed(0),
      baselineCpu!.toFixed(0),
      (cpu! / baselineCpu!).toFixed(2),
      percentile(
        ours!.map(({ perSecond }) => perSecond),
        0.75,
      ).toFixed(0),
      `${fixed.latency.p50} / ${fixed.latency.p99}`,
    ]);
    console.log(rows.at(-1)!.join(' | '));
  }
  const loaded = await api.usage();
  const scopeRows = await measureScope(postgres.url, 100, options.quick ? 10 : 40);
  await Promise.all([api.stop(), baseline.stop()]);
  const authRows = await measureAuth(postgres.url, options.quick ? 12 : 40);
  const megabytes = ({ residentBytes }: typeof idle) => Math.round(residentBytes / 2 ** 20);
  const table = [
    '| request | api: CPU µs | baseline: CPU µs | ratio | requests/s | p50 / p99 ms at 500/s |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows.map((row) => `| ${row.join(' | ')} |`),
    '',
    '| list 20, without HTTP | CPU µs (lower quartile) | ratio |',
    '| --- | --- | --- |',
    ...scopeRows.map((row) => `| ${row.join(' | ')} |`),
    '',
    '| auth server | lower quartile | in signatures | limit | verdict |',
    '| --- | --- | --- | --- | --- |',
    ...authRows.map((row) => `| ${row.join(' | ')} |`),
    '',
    `Start to first response ${Math.round(api.startedInMs)} ms · memory ${megabytes(idle)} MB idle, ` +
      `${megabytes(loaded)} MB after the load · Node ${process.version}`,
  ].join('\n');
  console.log(`\n${table}`);
  if (options.file) {
    writeFileSync(options.file, `${table}\n`);
  }
} finally {
  issuer.close();
  await postgres.stop();
}
