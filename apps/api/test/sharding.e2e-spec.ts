import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../tools/test/database.js';
import { document } from './openapi-check.js';
import { ACROSS_OWNERS, type Operation, OpenApiWalk } from './openapi-walk.js';
import { type Client, type RunningApi, startApi } from './running-api.js';
import { sample } from './sample.js';
import { listenToSql, type SqlListener } from './sql-listener.js';

/** Tables without an owner, which are replicated to every node. */
const REFERENCE_TABLES = ['migrations', 'periodic_jobs'];

/** Statements of background jobs that read across owners. No request runs them. */
const BACKGROUND_STATEMENTS = /^\s*SELECT DISTINCT owner_id AS "ownerId" FROM/;

let database: TestDatabase;
let listener: SqlListener;
let api: RunningApi;
let tables: string[];

const walk = new OpenApiWalk(document, () => api);

beforeAll(async () => {
  database = await createTestDatabase();
  listener = await listenToSql(database.url);
  api = await startApi({ DATABASE_URL: listener.url });
  tables = (
    await catalog<{ name: string }>(`SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`)
  )
    .map(({ name }) => name)
    .filter((name) => !REFERENCE_TABLES.includes(name));
});

afterAll(async () => {
  await api.close();
  listener.close();
  await database.drop();
});

async function catalog<Row extends pg.QueryResultRow>(sql: string): Promise<Row[]> {
  const client = new pg.Client(database.url);
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

/**
 * Returns the values of each parameter of a list once, together with the next value of every other one: as many queries
 * as there are values, not as there are combinations.
 */
async function listQueries(user: Client, list: Operation): Promise<Record<string, string>[]> {
  const parameters = list.parameters.filter(
    ({ name, in: place }) => place === 'query' && !['limit', 'cursor'].includes(name),
  );
  const choices: [name: string, values: string[]][] = [];
  for (const { name, schema } of parameters) {
    const collection = schema['x-references'];
    const values = schema.enum ?? [
      collection ? await walk.createReferenced(user, list, collection) : sample(document, schema),
    ];
    choices.push([name, values.map(String)]);
  }
  const alone = choices.flatMap(([name, values]) => values.map((value) => ({ [name]: value })));
  const longest = Math.max(0, ...choices.map(([, values]) => values.length));
  const together = Array.from({ length: longest }, (_, index) =>
    Object.fromEntries(choices.map(([name, values]) => [name, values[index % values.length]!])),
  );
  return [{}, ...alone, ...together];
}

async function readPages(user: Client, list: Operation, values: string[], query: object): Promise<void> {
  const isPaged = list.parameters.some(({ name }) => name === 'cursor');
  let cursor: string | undefined;
  do {
    const page = walk.send(user, list, values, { query: { ...query, ...(isPaged && { limit: 1 }), cursor } });
    cursor = (await walk.expectSuccess(page, list)).body.nextCursor;
  } while (cursor);
}

/** Creates rows with and without optional values, and sends one request twice. */
async function createRows(user: Client, operation: Operation, given: string[]): Promise<void> {
  await walk.create(user, operation, { given });
  await walk.create(user, operation, { given });
  const body = await walk.body(user, operation, { full: true });
  const key = randomUUID();
  for (let sent = 0; sent < 2; sent += 1) {
    const request = walk.send(user, operation, given, { body }).set('Idempotency-Key', key);
    await walk.expectSuccess(request, operation);
  }
}

/** Sends every kind of request to one route, so that every statement of the api runs. */
async function expectAllRequestsToSucceed(user: Client, operation: Operation): Promise<void> {
  const { values } = await walk.fill(user, operation);
  const create = walk.find('post', operation.path);
  if (operation.method === 'get') {
    if (create && walk.createsRow(create)) {
      await createRows(user, create, values);
    }
    for (const query of await listQueries(user, operation)) {
      await readPages(user, operation, values, query);
    }
    return;
  }
  if (walk.createsRow(operation)) {
    await createRows(user, operation, values);
    return;
  }
  const body = await walk.body(user, operation, { full: true });
  if (operation.method === 'patch') {
    for (const [name, value] of Object.entries(body)) {
      await walk.expectSuccess(walk.send(user, operation, values, { body: { [name]: value } }), operation);
    }
  }
  if (operation.parameters.some(({ name }) => name === 'If-Match')) {
    await walk.send(user, operation, values, { body }).set('If-Match', '"999"').expect(412);
  }
  const response = await walk.send(user, operation, values, { body });
  // An action may not fit the state of a new row. A public route may check who sends the request in its own way.
  if (!operation.isRaw && !operation.isPublic && !(operation.method === 'post' && response.status === 409)) {
    walk.assertSuccess(response, operation);
  }
}

const touches = (statement: string, table: string) =>
  new RegExp(`\\b(FROM|INTO|UPDATE|JOIN)\\s+(ONLY\\s+)?"?${table}"?(?![\\w"])`, 'i').test(statement);

/** Removes all parentheses and their content. */
function stripParentheses(statement: string): string {
  const shorter = statement.replace(/\([^()]*\)/g, '');
  return shorter === statement ? statement : stripParentheses(shorter);
}

/** Removes subqueries of one table that are limited to the same owner, whose rows are on the same node. */
const withoutSubqueries = (statement: string) =>
  statement.replace(/\(SELECT (\w+|"\w+") FROM "\w+" WHERE owner_id = \$1\b[^()]*\)/g, '');

/** An INSERT writes the owner; any other statement filters by it, without an alternative (OR). */
const isScopedToOwner = (statement: string) =>
  /^\s*INSERT\b/i.test(statement)
    ? /^\s*INSERT INTO "?\w+"? \((\w|"|, )*\bowner_id\b/i.test(statement)
    : /\bWHERE owner_id = \$1\b/i.test(statement) && !/\bOR\b/i.test(stripParentheses(statement));

// Row-level security limits the statements in an owner scope instead, whatever they join or filter by.
describe('the statements of the api', () => {
  let statements: string[];

  // One test for each route, so that the time limit doesn't depend on their number.
  it.each(walk.operations.filter(({ name, isPublic }) => !isPublic && !(name in ACROSS_OWNERS)))(
    'of $name run',
    async (operation) => expectAllRequestsToSucceed(await walk.user('ada'), operation),
  );

  beforeEach(() => {
    statements = [...listener.statements].filter(
      (statement) =>
        !/^\s*(START|BEGIN|COMMIT|ROLLBACK)\b/i.test(statement) && !BACKGROUND_STATEMENTS.test(statement),
    );
  });

  it('are recorded for every table', () => {
    const all = [...statements, ...listener.scopedStatements];
    expect(tables.filter((table) => !all.some((statement) => touches(statement, table)))).toEqual([]);
    for (const verb of ['SELECT', 'INSERT', 'UPDATE', 'DELETE']) {
      const recorded = statements.filter((text) => text.trim().startsWith(verb) && touches(text, 'tasks'));
      expect(recorded).not.toEqual([]);
    }
  });

  it('filter by owner', () => {
    const rows = statements.filter((statement) => tables.some((table) => touches(statement, table)));
    expect(rows.filter((statement) => !isScopedToOwner(statement))).toEqual([]);
  });

  it('access no owned table in any other way', () => {
    const others = statements.filter((statement) => !tables.some((table) => touches(statement, table)));
    expect(others.filter((statement) => tables.some((table) => statement.includes(table)))).toEqual([]);
  });

  it('join no tables, except by subqueries of the same owner', () => {
    const joins = statements
      .map(withoutSubqueries)
      .filter((statement) => tables.filter((table) => touches(statement, table)).length > 1);
    expect(joins).toEqual([]);
  });
});

describe('the schema of the api', () => {
  const tableNames = () => tables.map((table) => `'${table}'`).join(', ');

  it('has the owner as the first primary key column of every table', async () => {
    const keys = await catalog<{ table: string; first: string }>(`
      SELECT relname AS table, attname AS first FROM pg_index
      JOIN pg_class ON pg_class.oid = indrelid
      JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]
      WHERE indisprimary AND relname IN (${tableNames()})`);
    expect(keys.toSorted((a, b) => a.table.localeCompare(b.table))).toEqual(
      tables.toSorted().map((table) => ({ table, first: 'owner_id' })),
    );
  });

  it('includes the owner in every unique, exclusion and foreign key constraint', async () => {
    const constraints = await catalog(`
      SELECT conname FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
      WHERE relname IN (${tableNames()}) AND contype IN ('p', 'u', 'x', 'f') AND NOT EXISTS (
        SELECT FROM pg_attribute
        WHERE attrelid = conrelid AND attnum = ANY (conkey) AND attname = 'owner_id')`);
    const indexes = await catalog(`
      SELECT indexrelid::regclass FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
      WHERE relname IN (${tableNames()}) AND indisunique AND NOT EXISTS (
        SELECT FROM pg_attribute
        WHERE attrelid = indrelid AND attnum = ANY (indkey) AND attname = 'owner_id')`);
    expect([...constraints, ...indexes]).toEqual([]);
  });

  it('has no sequences, identity columns or triggers, except those of owner scopes', async () => {
    const sequences = await catalog<{ name: string }>(
      `SELECT c.relname AS name FROM pg_class c JOIN pg_depend d ON d.objid = c.oid AND d.refobjsubid > 0
       JOIN pg_class t ON t.oid = d.refobjid WHERE c.relkind = 'S' AND t.relname IN (${tableNames()})`,
    );
    const defaults = await catalog(
      `SELECT table_name FROM information_schema.columns
       WHERE table_name IN (${tableNames()}) AND (column_default LIKE '%nextval%' OR is_identity = 'YES')`,
    );
    const triggers = await catalog(
      `SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
       WHERE relname IN (${tableNames()}) AND NOT tgisinternal AND tgname NOT LIKE 'owner\\_scope\\_%'`,
    );
    expect([...sequences, ...defaults, ...triggers]).toEqual([]);
  });
});
