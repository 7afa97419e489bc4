import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../../tools/test/database.js';
import {
  PreparedStatementClient,
  ResponseTimeoutClient,
  type ResponseTimeoutOptions,
} from './postgres-client.js';

// The same choice as in dataSourceOptions().
const isPooled = process.env.DATABASE_PREPARED_STATEMENTS === 'false';
const Client = (isPooled ? ResponseTimeoutClient : PreparedStatementClient) as unknown as typeof pg.Client;

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.drop());

/** Starts a TCP proxy to the database that can stop forwarding data. */
async function startProxy() {
  const target = new URL(database.url);
  let silent = false;
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    upstream.on('data', (data) => silent || client.write(data)).on('error', () => {});
    client.on('data', (data) => silent || upstream.write(data)).on('error', () => {});
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = new URL(target);
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: url.href,
    close: () => server.close(),
    setSilent: (value: boolean) => {
      silent = value;
    },
  };
}

it('closes a connection without a response, and reconnects', async () => {
  const proxy = await startProxy();
  const options: pg.PoolConfig & ResponseTimeoutOptions = {
    connectionString: proxy.url,
    max: 1,
    Client,
    responseTimeoutMs: 500,
  };
  const pool = new pg.Pool(options);
  try {
    expect((await pool.query('SELECT $1::int AS n', [1])).rows).toEqual([{ n: 1 }]);
    proxy.setSilent(true);
    const sentAt = performance.now();
    await expect(pool.query('SELECT $1::int AS n', [2])).rejects.toThrow('Connection terminated');
    expect(performance.now() - sentAt).toBeGreaterThan(400);
    expect(performance.now() - sentAt).toBeLessThan(2_000);
    proxy.setSilent(false);
    expect((await pool.query('SELECT $1::int AS n', [3])).rows).toEqual([{ n: 3 }]);
  } finally {
    await pool.end();
    proxy.close();
  }
});

it('keeps an idle connection open', async () => {
  const options: pg.PoolConfig & ResponseTimeoutOptions = {
    connectionString: database.url,
    max: 1,
    Client,
    responseTimeoutMs: 300,
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

it('prepares statements with parameters, except searches', async () => {
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
