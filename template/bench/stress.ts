/**
 * `npm run bench:stress`: stress tests of the built api: twice its maximum rate for a minute, clients that send one byte
 * per second, ten thousand idle connections, and memory over time (`--minutes 10`). Prints the measured values and exits
 * with 1 if one exceeds its limit. `--quick` shortens the minute to ten seconds.
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
  p99OfOtherClientsMs: 250,
  memoryMegabytes: 400,
  slowClientSeconds: 15,
  megabytesPerMinute: 1,
};

const postgres = await startThrowawayPostgres();
const issuer = await startIssuer();
migrate(postgres.url);
const database = new pg.Client(postgres.url);
await database.connect();
await database.query(
  `INSERT INTO tasks (owner_id, id, title, description, created_at, updated_at)
   SELECT 'user-1', gen_random_uuid(), 'Task ' || n, 'A description of one line', now(), now()
   FROM generate_series(1, 100) n`,
);
await database.end();
const api = await startApi(await apiSettings(postgres.url, issuer));
const { port } = new URL(api.url);
const headers = { authorization: `Bearer ${issuer.token(1)}`, 'content-type': 'application/json' };
const megabytes = async () => Math.round((await api.usage()).residentBytes / 2 ** 20);

/** Requests the list of tasks. Without `rate`, in requests per second, as fast as possible. */
async function load(seconds: number, connections: number, rate?: number) {
  let withoutRetryAfter = 0;
  const result = await autocannon({
    url: `${api.url}/api/tasks`,
    headers,
    connections,
    duration: seconds,
    ...(rate && { overallRate: rate }),
    // autocannon emits headers as a flat array of names and values, unlike its types.
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
  console.log(`overloaded for ${OVERLOAD_SECONDS} s: ${Math.round(requests.average)} responses/s`);
  report(
    'statuses under overload',
    statuses.join(', '),
    statuses.every((status) => ['200', '429', '503'].includes(status)),
  );
  report('429 and 503 without Retry-After', withoutRetryAfter, withoutRetryAfter === 0);
  report('errors and timeouts of clients', failed, failed === 0);
  report('p99 under overload, ms', latency.p99, latency.p99 <= LIMITS.p99UnderOverloadMs);
  const memory = await megabytes();
  report('memory afterwards, MB', memory, memory <= LIMITS.memoryMegabytes);
  await sleep(5_000);
  const after = await load(5, 5, 100);
  report('p99 five seconds later, ms', after.latency.p99, after.latency.p99 <= LIMITS.p99OfOtherClientsMs);
  report(
    'responses other than 200 five seconds later',
    after.non2xx + after.failed,
    after.non2xx + after.failed === 0,
  );
}

/** Sends one byte per second on each socket until the server has closed all of them. */
async function sendSlowly(sockets: Socket[], text: string): Promise<number> {
  const startedAt = performance.now();
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
  return (performance.now() - startedAt) / 1000;
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
    sendSlowly(slowHeaders, 'x'),
    sendSlowly(slowBodies, ' '),
    load(12, 5, 200),
  ]);
  report('slow headers disconnected after, s', headersEnd.toFixed(1), headersEnd <= LIMITS.slowClientSeconds);
  report('slow bodies disconnected after, s', bodiesEnd.toFixed(1), bodiesEnd <= LIMITS.slowClientSeconds);
  report('p99 of other clients, ms', others.latency.p99, others.latency.p99 <= LIMITS.p99OfOtherClientsMs);
  report(
    'responses other than 200 to other clients',
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
  report('p99 of other clients, ms', latency.p99, latency.p99 <= LIMITS.p99OfOtherClientsMs);
  report('responses other than 200 to other clients', non2xx + failed, non2xx + failed === 0);
  console.log(`memory ${before} MB before, ${await megabytes()} MB with them`);
  for (const socket of sockets) {
    socket.destroy();
  }
}

/** Measures the growth of memory (least squares), without the first minute. */
async function memoryGrowth(minutes: number): Promise<void> {
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
  report('growth of memory, MB per minute', slope.toFixed(2), slope < LIMITS.megabytesPerMinute);
}

try {
  await overload();
  await slowClients();
  await idleConnections();
  if (Number(options.minutes) > 1) {
    await memoryGrowth(Number(options.minutes));
  }
} finally {
  await api.stop();
  issuer.close();
  await postgres.stop();
}
