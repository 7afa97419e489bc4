import { expect, it } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase } from '../../../tools/test/database.js';
import { listenToSql } from './sql-listener.js';

it('separates the statements in an owner scope, on each connection', async () => {
  const database = await createTestDatabase();
  const listener = await listenToSql(database.url);
  const [client, other] = [new pg.Client(listener.url), new pg.Client(listener.url)];
  await Promise.all([client.connect(), other.connect()]);
  await client.query('SELECT 1');
  await client.query('BEGIN; SET LOCAL ROLE CURRENT_USER').catch(() => {});
  await client.query('SELECT 2');
  await other.query('SELECT 3');
  await client.query('ROLLBACK TO missing').catch(() => {});
  await client.query('SELECT $1::int', [4]).catch(() => {});
  await client.query('ROLLBACK');
  await client.query('SELECT 5');
  await client.query('BEGIN; SET LOCAL ROLE CURRENT_USER').catch(() => {});
  await client.query('SET LOCAL ROLE NONE').catch(() => {});
  await client.query('SELECT 6').catch(() => {});
  await Promise.all([client.end(), other.end()]);
  listener.close();
  await database.drop();
  const selects = (texts: Set<string>) => [...texts].filter((text) => text.startsWith('SELECT'));
  expect(selects(listener.statements)).toEqual(['SELECT 1', 'SELECT 3', 'SELECT 5', 'SELECT 6']);
  expect(selects(listener.scopedStatements)).toEqual(['SELECT 2', 'SELECT $1::int']);
});
