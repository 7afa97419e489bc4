import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../../tools/test/database.js';
import { type AnswerTimeLimit, PreparingClient, TimeLimitedClient } from './postgres-client.js';

// As the data source chooses, behind a pooler too.
const isPooled = process.env.DATABASE_PREPARED_STATEMENTS === 'false';
const Client = (isPooled ? TimeLimitedClient : PreparingClient) as unknown as typeof pg.Client;

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.drop());

/** A way to the database that can fall silent. */
async function startGate() {
  const target = new URL(database.url);
  let silent = false;
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    far.on('data', (data) => silent || near.write(data)).on('error', () => {});
    near.on('data', (data) => silent || far.write(data)).on('error', () => {});
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = new URL(target);
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: url.href,
    close: () => server.close(),
    fallSilent: (is: boolean) => {
      silent = is;
    },
  };
}

it('hangs up on a server that does not answer, and connects anew', async () => {
  const gate = await startGate();
  const options: pg.PoolConfig & AnswerTimeLimit = {
    connectionString: gate.url,
    max: 1,
    Client,
    answerTimeoutMillis: 500,
  };
  const pool = new pg.Pool(options);
  try {
    expect((await pool.query('SELECT $1::int AS n', [1])).rows).toEqual([{ n: 1 }]);
    gate.fallSilent(true);
    const askedAt = performance.now();
    await expect(pool.query('SELECT $1::int AS n', [2])).rejects.toThrow('Connection terminated');
    expect(performance.now() - askedAt).toBeGreaterThan(400);
    expect(performance.now() - askedAt).toBeLessThan(2_000);
    gate.fallSilent(false);
    expect((await pool.query('SELECT $1::int AS n', [3])).rows).toEqual([{ n: 3 }]);
  } finally {
    await pool.end();
    gate.close();
  }
});

it('leaves a connection alone on which nothing is asked', async () => {
  const options: pg.PoolConfig & AnswerTimeLimit = {
    connectionString: database.url,
    max: 1,
    Client,
    answerTimeoutMillis: 300,
  };
  const pool = new pg.Pool(options);
  try {
    const backend = async () => (await pool.query('SELECT pg_backend_pid() AS pid')).rows[0].pid;
    const first = await backend();
    await new Promise((resolve) => setTimeout(resolve, 900));
    expect(await backend()).toBe(first);
  } finally {
    await pool.end();
  }
});

it('prepares what has parameters, but for searches', async () => {
  const client = new Client(database.url);
  await client.connect();
  try {
    await client.query('SELECT $1::text AS text', ['a']);
    await client.query("SELECT 1 WHERE 'a' LIKE $1::text", ['a']);
    const { rows } = await client.query('SELECT statement FROM pg_prepared_statements');
    expect(rows).toEqual(isPooled ? [] : [{ statement: 'SELECT $1::text AS text' }]);
  } finally {
    await client.end();
  }
});
