import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { runTypescript } from '../program.js';
import { startPostgres } from './embedded-postgres.js';

let folder: string;
let dataDirectory: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'embedded postgres ä '));
  dataDirectory = join(folder, 'data');
});

afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }));

describe('embedded PostgreSQL', () => {
  it('keeps its data and its address from one start to the next', async () => {
    const first = await startPostgres({ dataDirectory });
    await query(first.url, 'CREATE TABLE notes AS SELECT 1 AS number');
    await first.stop();
    const second = await startPostgres({ dataDirectory });
    expect(second.url).toBe(first.url);
    expect(await query(second.url, 'SELECT number FROM notes')).toEqual([{ number: 1 }]);
    await second.stop();
    await expectStopped(second.url);
  });

  it('is the same whatever the machine: its encoding, its time zone, no superuser', async () => {
    const { url, stop } = await startPostgres({ dataDirectory });
    const [row] = await query(
      url,
      `SELECT lower('ÄÖ') AS lower, current_setting('TimeZone') AS zone, current_setting('is_superuser') AS superuser`,
    );
    await stop();
    expect(row).toEqual({ lower: 'äö', zone: 'UTC', superuser: 'off' });
  });

  it('lets nobody in without its password', async () => {
    const { url, stop } = await startPostgres({ dataDirectory });
    const stranger = new URL(url);
    stranger.password = 'guessed';
    await expect(query(stranger.href, 'SELECT 1')).rejects.toThrow('password authentication failed');
    stranger.username = 'postgres';
    await expect(query(stranger.href, 'SELECT 1')).rejects.toThrow('password authentication failed');
    await stop();
  });

  it('keeps that password where only its owner can read it', () => {
    const expected = process.platform === 'win32' ? 0o666 : 0o600;
    expect(statSync(`${dataDirectory}.json`).mode & 0o777).toBe(expected);
  });

  it('runs beside the one of another clone, and moves where its port is taken', async () => {
    const [one, other] = await Promise.all([
      startPostgres({ dataDirectory }),
      startPostgres({ dataDirectory: join(folder, 'other') }),
    ]);
    expect(one.port).not.toBe(other.port);
    await Promise.all([one.stop(), other.stop()]);
    const squatter = createServer().listen(one.port, '127.0.0.1');
    await once(squatter, 'listening');
    const moved = await startPostgres({ dataDirectory });
    expect(moved.port).not.toBe(one.port);
    await moved.stop();
    squatter.close();
  });

  it('serves several processes, and stops with the last of them', async () => {
    const user = await useInProcess();
    const joined = await startPostgres({ dataDirectory });
    expect(joined.url).toBe(user.url);
    await user.stop();
    expect(await query(joined.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await joined.stop();
    await expectStopped(joined.url);
  });

  it('stops by itself when the process that uses it is killed', async () => {
    const user = await useInProcess();
    user.process.kill('SIGKILL');
    await expectStopped(user.url);
    expect(await startAndStop()).toBe(true);
  });

  it('starts again at once after the server is killed', async () => {
    const killed = await startPostgres({ dataDirectory });
    process.kill(postmasterId(), 'SIGKILL');
    await killed.lost;
    expect(await startAndStop()).toBe(true);
    await killed.stop();
  });

  it('starts again after both are killed', async () => {
    const user = await useInProcess();
    user.process.kill('SIGKILL');
    process.kill(postmasterId(), 'SIGKILL');
    expect(await startAndStop()).toBe(true);
  });

  it('starts where a lock file is left whose process id belongs to another program now', async () => {
    writeFileSync(join(dataDirectory, 'postmaster.pid'), `${process.pid}\n${dataDirectory}\n1\n5432\n\n\n`);
    expect(await startAndStop()).toBe(true);
  });

  it('says what to do where the data are of another version', async () => {
    writeFileSync(join(dataDirectory, 'PG_VERSION'), '17\n');
    await expect(startPostgres({ dataDirectory })).rejects.toThrow(/PostgreSQL 17.*PostgreSQL 18.*db:reset/);
  });
});

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client(url);
  // A server that stops ends connections also after their answer.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Whether the server starts, answers and stops. */
async function startAndStop(): Promise<boolean> {
  const { url, stop } = await startPostgres({ dataDirectory });
  const [row] = await query(url, 'SELECT true AS answers');
  await stop();
  return (row as { answers: boolean }).answers;
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
      if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') return;
    }
    await sleep(50);
  }
  throw new Error('The server still runs.');
}
