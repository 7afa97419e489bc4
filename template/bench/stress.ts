/**
 * `npm run bench:stress`: what the built api does when it is asked too much: twice what saturates it for a minute, clients
 * that send one byte a second, ten thousand idle connections, and memory over ten minutes (`--minutes 10`). Prints what
 * it saw, and exits with 1 where a limit below did not hold. `--quick` takes ten seconds for the minute.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import autocannon from 'autocannon';
import pg from 'pg';
import { startThrowawayPostgres } from '../../tools/postgres/embedded-postgres.js';
import { startIssuer } from './issuer.js';
import { report } from './report.js';
import { apiSettings, migrate, startApi } from './servers.js';

const { values: options } = parseArgs({
  options: { quick: { type: 'boolean' }, minutes: { type: 'string', default: '0' } },
});
const OVERLOAD_SECONDS = options.quick ? 10 : 60;
const OVERLOAD_CONNECTIONS = 500;
const SLOW_CLIENTS = 200;
const IDLE_CONNECTIONS = 10_000;
const LIMITS = {
  p99UnderOverloadMs: 2_500,
  p99BesideOthersMs: 250,
  megabytes: 400,
  slowClientSeconds: 15,
  megabytesAMinute: 1,
};

const postgres = await startThrowawayPostgres();
const issuer = await startIssuer();
migrate(postgres.url);
const database = new pg.Client(postgres.url);
await database.connect();
await database.query(
  `INSERT INTO tasks (owner_id, id, title, description, created_at, updated_at)
   SELECT 'user-1', gen_random_uuid(), 'Task ' || n, 'What is to be done, and what for', now(), now()
   FROM generate_series(1, 100) n`,
);
await database.end();
const api = await startApi(await apiSettings(postgres.url, issuer));
const { port } = new URL(api.url);
const headers = { authorization: `Bearer ${issuer.token(1)}`, 'content-type': 'application/json' };
const megabytes = async () => Math.round((await api.usage()).residentBytes / 2 ** 20);

/** Loads the list; `rate` is requests a second, without it as many as there can be. */
async function load(seconds: number, connections: number, rate?: number) {
  let withoutRetryAfter = 0;
  const result = await autocannon({
    url: `${api.url}/api/tasks`,
    headers,
    connections,
    duration: seconds,
    ...(rate && { overallRate: rate }),
    // autocannon emits what its parser found, headers as names and values in turn; its types say otherwise.
    setupClient: (client) =>
      client.on('headers', (head) => {
        const { statusCode, headers: names } = head as unknown as { statusCode: number; headers: string[] };
        if (statusCode !== 200 && !names.some((name) => name.toLowerCase() === 'retry-after')) {
          withoutRetryAfter += 1;
        }
      }),
  });
  const statuses = Object.keys(result.statusCodeStats ?? {});
  return { ...result, statuses, withoutRetryAfter, failed: result.errors + result.timeouts };
}

async function openAll(amount: number): Promise<Socket[]> {
  const sockets: Socket[] = [];
  while (sockets.length < amount) {
    const opened = Array.from({ length: Math.min(500, amount - sockets.length) }, () =>
      connect(Number(port), '127.0.0.1'),
    );
    await Promise.all(opened.map((socket) => once(socket, 'connect')));
    sockets.push(...opened);
  }
  return sockets;
}

async function overload(): Promise<void> {
  await load(5, 20);
  const saturated = (await load(5, 20)).requests.average;
  console.log(`saturated at ${Math.round(saturated)} requests/s`);
  const { latency, statuses, failed, withoutRetryAfter, requests } = await load(
    OVERLOAD_SECONDS,
    OVERLOAD_CONNECTIONS,
    Math.round(2 * saturated),
  );
  console.log(`overloaded for ${OVERLOAD_SECONDS} s: ${Math.round(requests.average)} answers/s`);
  report(
    'statuses under overload',
    statuses.join(', '),
    statuses.every((status) => ['200', '429', '503'].includes(status)),
  );
  report('refusals without Retry-After', withoutRetryAfter, withoutRetryAfter === 0);
  report('errors and time-outs of clients', failed, failed === 0);
  report('p99 under overload, ms', latency.p99, latency.p99 <= LIMITS.p99UnderOverloadMs);
  const memory = await megabytes();
  report('memory after it, MB', memory, memory <= LIMITS.megabytes);
  await sleep(5_000);
  const after = await load(5, 5, 100);
  report('p99 five seconds later, ms', after.latency.p99, after.latency.p99 <= LIMITS.p99BesideOthersMs);
  report('answers other than 200 then', after.non2xx + after.failed, after.non2xx + after.failed === 0);
}

/** Sends one byte a second on every socket until the server has closed them all. */
async function dribble(sockets: Socket[], text: string): Promise<number> {
  const begun = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    const byte = text[sent++ % text.length]!;
    for (const socket of sockets) {
      if (socket.writable) {
        socket.write(byte);
      }
    }
  }, 1_000);
  await Promise.all(
    sockets.map((socket) => {
      socket.on('error', () => {}).resume();
      return socket.destroyed || once(socket, 'close');
    }),
  );
  clearInterval(timer);
  return (performance.now() - begun) / 1000;
}

async function slowClients(): Promise<void> {
  const [slowHeaders, slowBodies] = [await openAll(SLOW_CLIENTS), await openAll(SLOW_CLIENTS)];
  for (const socket of slowHeaders) {
    socket.write('GET /api/tasks HTTP/1.1\r\nHost: api\r\nX-Slow: ');
  }
  for (const socket of slowBodies) {
    socket.write(
      `POST /api/tasks HTTP/1.1\r\nHost: api\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n` +
        `Authorization: ${headers.authorization}\r\n\r\n{`,
    );
  }
  const [headersEnd, bodiesEnd, others] = await Promise.all([
    dribble(slowHeaders, 'x'),
    dribble(slowBodies, ' '),
    load(12, 5, 200),
  ]);
  report('slow headers were cut off after, s', headersEnd.toFixed(1), headersEnd <= LIMITS.slowClientSeconds);
  report('slow bodies were cut off after, s', bodiesEnd.toFixed(1), bodiesEnd <= LIMITS.slowClientSeconds);
  report('p99 of others meanwhile, ms', others.latency.p99, others.latency.p99 <= LIMITS.p99BesideOthersMs);
  report(
    'answers other than 200 meanwhile',
    others.non2xx + others.failed,
    others.non2xx + others.failed === 0,
  );
}

async function idleConnections(): Promise<void> {
  const before = await megabytes();
  const sockets = await openAll(IDLE_CONNECTIONS);
  // Each has asked once, and stays: Node closes one that never asks anything.
  for (const socket of sockets) {
    socket.on('error', () => {}).resume();
    socket.write('GET /health/live HTTP/1.1\r\nHost: api\r\n\r\n');
  }
  await sleep(5_000);
  const { latency, non2xx, failed } = await load(10, 5, 200);
  const open = sockets.filter((socket) => !socket.destroyed).length;
  report('idle connections still open', open, open === IDLE_CONNECTIONS);
  report('p99 beside them, ms', latency.p99, latency.p99 <= LIMITS.p99BesideOthersMs);
  report('answers other than 200 beside them', non2xx + failed, non2xx + failed === 0);
  console.log(`memory ${before} MB before, ${await megabytes()} MB with them`);
  for (const socket of sockets) {
    socket.destroy();
  }
}

/** The slope of the memory (least squares), once the first minute is over. */
async function flatMemory(minutes: number): Promise<void> {
  const samples: number[] = [];
  const run = load(minutes * 60, 10, 500);
  for (let minute = 0; minute < minutes * 6; minute++) {
    await sleep(10_000);
    samples.push((await api.usage()).residentBytes / 2 ** 20);
  }
  await run;
  const counted = samples.slice(6);
  const mean = counted.reduce((sum, value) => sum + value, 0) / counted.length;
  const middle = (counted.length - 1) / 2;
  const slope =
    (6 * counted.reduce((sum, value, index) => sum + (index - middle) * (value - mean), 0)) /
    counted.reduce((sum, _, index) => sum + (index - middle) ** 2, 0);
  console.log(`memory over ${minutes} minutes, MB: ${counted.map(Math.round).join(' ')}`);
  report('growth of the memory, MB a minute', slope.toFixed(2), slope < LIMITS.megabytesAMinute);
}

try {
  await overload();
  await slowClients();
  await idleConnections();
  if (Number(options.minutes) > 1) {
    await flatMemory(Number(options.minutes));
  }
} finally {
  await api.stop();
  issuer.close();
  await postgres.stop();
}
