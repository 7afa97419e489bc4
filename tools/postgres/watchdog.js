/**
 * Stops a PostgreSQL server when no process uses it. Each process that uses the server starts a watchdog, whose standard
 * input closes when that process ends, even if it is killed. Each user of the server has a shared advisory lock, so the
 * last watchdog gets an exclusive one and stops the server.
 */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {});
}

const { connection, lock, session, stop, remove } = JSON.parse(await text(process.stdin));
const client = new pg.Client(connection);
client.on('error', () => {});

const running = await client.connect().then(
  () => true,
  () => false,
);
if (running) {
  await sessionEnded();
  if (!(await isUnused())) {
    process.exit(0);
  }
  spawnSync(stop.command, stop.args, { ...stop.options, stdio: 'ignore', windowsHide: true });
}
if (remove) {
  rmSync(remove, { recursive: true, force: true, maxRetries: 10 });
}
process.exit(0);

/** After a client was killed, the server needs a moment to end its session. */
async function sessionEnded() {
  for (let attempt = 0; attempt < 100; attempt++) {
    const { rowCount } = await client.query('SELECT FROM pg_stat_activity WHERE pid = $1', [session]);
    if (rowCount === 0) {
      return;
    }
    await sleep(50);
  }
}

async function isUnused() {
  const { rows } = await client.query('SELECT pg_try_advisory_lock($1) AS unused', [lock]);
  return rows[0].unused;
}
