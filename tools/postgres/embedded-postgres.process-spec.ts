import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { runTypescript } from '../run-program.js';
import { startPostgres } from './embedded-postgres.js';

let folder: string;
let dataDirectory: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'embedded postgres ä '));
  dataDirectory = join(folder, 'data');
});

afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }));

describe('embedded PostgreSQL', () => {
  it('keeps its data and its address across restarts', async () => {
    const first = await startPostgres({ dataDirectory });
    await query(first.url, 'CREATE TABLE notes AS SELECT 1 AS number');
    await first.stop();
    const second = await startPostgres({ dataDirectory });
    expect(second.url).toBe(first.url);
    expect(await query(second.url, 'SELECT number FROM notes')).toEqual([{ number: 1 }]);
    await second.stop();
    await expectStopped(second.url);
  });

  it('has the same encoding and time zone on every machine, and no superuser', async () => {
    const { url, stop } = await startPostgres({ dataDirectory });
    const [row] = await query(
      url,
      `SELECT lower('ÄÖ') AS lower, current_setting('TimeZone') AS zone, current_setting('is_superuser') AS superuser`,
    );
    await stop();
    expect(row).toEqual({ lower: 'äö', zone: 'UTC', superuser: 'off' });
  });

  it('adds the roles of the apps to the data of an earlier version', async () => {
    const { url, appUrls, stop } = await startPostgres({ dataDirectory });
    const superuserUrl = Object.assign(new URL(url), { username: 'postgres' }).href;
    await query(superuserUrl, 'DROP ROLE api; DROP ROLE auth; ALTER ROLE app NOCREATEROLE');
    const processes = await Promise.all([useInProcess(), useInProcess()]);
    for (const role of ['api', 'auth'] as const) {
      await query(url, `SET ROLE ${role}`);
      expect(await query(appUrls[role], 'SELECT current_user AS role')).toEqual([{ role }]);
    }
    const roles =
      "SELECT bool_or(rolsuper) AS super, count(*) FROM pg_roles WHERE rolname IN ('app', 'api', 'auth')";
    expect(await query(url, roles)).toEqual([{ super: false, count: '3' }]);
    expect(await query(url, 'SELECT rolcreaterole FROM pg_roles WHERE rolname = current_user')).toEqual([
      { rolcreaterole: true },
    ]);
    await Promise.all([...processes.map((process) => process.stop()), stop()]);
  });

  it('rejects a wrong password', async () => {
    const { url, stop } = await startPostgres({ dataDirectory });
    const wrongUser = new URL(url);
    wrongUser.password = 'guessed';
    await expect(query(wrongUser.href, 'SELECT 1')).rejects.toThrow('password authentication failed');
    wrongUser.username = 'postgres';
    await expect(query(wrongUser.href, 'SELECT 1')).rejects.toThrow('password authentication failed');
    await stop();
  });

  it('stores the password in a file that only its owner can read', () => {
    const expected = process.platform === 'win32' ? 0o666 : 0o600;
    expect(statSync(`${dataDirectory}.json`).mode & 0o777).toBe(expected);
  });

  it('runs next to the server of another clone, and moves if its port is in use', async () => {
    const [one, other] = await Promise.all([
      startPostgres({ dataDirectory }),
      startPostgres({ dataDirectory: join(folder, 'other') }),
    ]);
    expect(one.port).not.toBe(other.port);
    await Promise.all([one.stop(), other.stop()]);
    const otherProgram = createServer().listen(one.port, '127.0.0.1');
    await once(otherProgram, 'listening');
    const moved = await startPostgres({ dataDirectory });
    expect(moved.port).not.toBe(one.port);
    await moved.stop();
    otherProgram.close();
  });

  it('is shared by several processes and stops with the last one', async () => {
    const user = await useInProcess();
    const joined = await startPostgres({ dataDirectory });
    expect(joined.url).toBe(user.url);
    await user.stop();
    expect(await query(joined.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await joined.stop();
    await expectStopped(joined.url);
  });

  it('stops when the process that uses it is killed', async () => {
    const user = await useInProcess();
    user.process.kill('SIGKILL');
    await expectStopped(user.url);
    expect(await startAndStop()).toBe(true);
  });

  it('restarts after the server is killed', async () => {
    const killed = await startPostgres({ dataDirectory });
    process.kill(postmasterId(), 'SIGKILL');
    await killed.lost;
    expect(await startAndStop()).toBe(true);
    await killed.stop();
  });

  it('restarts after the server and its user are killed', async () => {
    const user = await useInProcess();
    user.process.kill('SIGKILL');
    process.kill(postmasterId(), 'SIGKILL');
    expect(await startAndStop()).toBe(true);
  });

  it('starts if the process id in a stale lock file belongs to another program', async () => {
    writeFileSync(join(dataDirectory, 'postmaster.pid'), `${process.pid}\n${dataDirectory}\n1\n5432\n\n\n`);
    expect(await startAndStop()).toBe(true);
  });

  it('explains what to do if another version wrote the data', async () => {
    writeFileSync(join(dataDirectory, 'PG_VERSION'), '17\n');
    await expect(startPostgres({ dataDirectory })).rejects.toThrow(/PostgreSQL 17.*PostgreSQL 18.*db:reset/);
  });
});

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client(url);
  // A stopping server ends idle connections with an error.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Returns whether the server starts, runs a query and stops. */
async function startAndStop(): Promise<boolean> {
  const { url, stop } = await startPostgres({ dataDirectory });
  const [row] = await query(url, 'SELECT true AS works');
  await stop();
  return (row as { works: boolean }).works;
}

async function useInProcess(): Promise<{ url: string; process: ChildProcess; stop(): Promise<void> }> {
  const user = spawn(process.execPath, [...runTypescript, 'tools/test/use-postgres.ts', dataDirectory], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [output] = (await once(user.stdout, 'data')) as [Buffer];
  return {
    url: output.toString().trim(),
    process: user,
    async stop() {
      user.stdin.end();
      await once(user, 'exit');
    },
  };
}

function postmasterId(): number {
  return Number(readFileSync(join(dataDirectory, 'postmaster.pid'), 'utf8').split('\n')[0]);
}

async function expectStopped(url: string): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (performance.now() < deadline) {
    try {
      await query(url, 'SELECT 1');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') {
        return;
      }
    }
    await sleep(50);
  }
  throw new Error('The server is still running.');
}
