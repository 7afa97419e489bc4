import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../tools/test/database.js';
import { document } from './openapi-check.js';
import { type Client, type RunningApi, startApi } from './running-api.js';
import { sample } from './sample.js';
import { listenToSql, type SqlListener } from './sql-listener.js';

/** Tables without an owner, which are replicated to every node. */
const REFERENCE_TABLES = ['migrations', 'periodic_jobs'];

/** Statements of background jobs that read across owners. No request runs them. */
const BACKGROUND_STATEMENTS = /^\s*SELECT DISTINCT owner_id AS "ownerId" FROM/;

interface ObjectSchema {
  $ref?: string;
  properties: Record<string, object>;
}

interface Operation {
  parameters?: { name: string; in: string; schema: { enum?: string[] } }[];
  requestBody?: { content: { 'application/json': { schema: ObjectSchema } } };
}

const paths = Object.entries(document.paths) as unknown as [string, Record<string, Operation>][];

let database: TestDatabase;
let listener: SqlListener;
let api: RunningApi;
let tables: string[];

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

const bodySchema = (operation: Operation) => {
  const schema = operation.requestBody?.content['application/json'].schema;
  return schema?.$ref
    ? (document.components.schemas[schema.$ref.split('/').at(-1)!] as ObjectSchema)
    : schema;
};

/** Returns a body with all properties of the schema. */
const fullBody = (schema: ObjectSchema) =>
  Object.fromEntries(Object.entries(schema.properties).map(([name, value]) => [name, sample(value)]));

/** Returns all combinations of a list's query parameters. */
function listQueries({ parameters = [] }: Operation): string[] {
  let all = [''];
  for (const { name, schema } of parameters.filter((parameter) => parameter.in === 'query')) {
    const values = name === 'search' ? ['a'] : (schema.enum ?? []);
    all = all.flatMap((query) => [query, ...values.map((value) => `${query}&${name}=${value}`)]);
  }
  return all;
}

async function readList(user: Client, path: string, query: string): Promise<void> {
  let cursor = '';
  do {
    const { body } = await user.get(`${path}?limit=1${query}${cursor && `&cursor=${cursor}`}`).expect(200);
    cursor = body.nextCursor;
  } while (cursor);
}

/** Sends every kind of request in the OpenAPI document, so that every statement of the api runs. */
async function sendAllRequests(user: Client): Promise<void> {
  for (const [path, { post, get }] of paths.filter(([name]) => !name.includes('{'))) {
    const schema = post && bodySchema(post);
    if (schema) {
      const key = randomUUID();
      for (const body of [sample(schema) as object, fullBody(schema)]) {
        await user.post(path).send(body).expect(201);
        await user.post(path).send(body).expect(201);
      }
      await user.post(path).set('Idempotency-Key', key).send(fullBody(schema)).expect(201);
      await user.post(path).set('Idempotency-Key', key).send(fullBody(schema)).expect(201);
    }
    for (const query of get ? listQueries(get) : []) {
      await (schema ? readList(user, path, query) : user.get(path));
    }
  }
  for (const [path, { get, patch, delete: remove }] of paths.filter(([name]) => name.includes('{'))) {
    const { body } = await user.get(path.slice(0, path.indexOf('/{'))).expect(200);
    const row = path.replace(/\{[^}]+\}/, body.items[0].id);
    if (get) {
      await user.get(row).expect(200);
    }
    const schema = patch && bodySchema(patch);
    for (const [name, value] of Object.entries(schema ? fullBody(schema) : {})) {
      await user
        .patch(row)
        .send({ [name]: value })
        .expect(200);
    }
    if (schema) {
      await user.patch(row).set('If-Match', '"999"').send(fullBody(schema)).expect(412);
    }
    if (remove) {
      await user.delete(row).expect(204);
    }
  }
  await user.delete('/api/me').expect(204);
}

const touches = (statement: string, table: string) =>
  new RegExp(`\\b(FROM|INTO|UPDATE|JOIN)\\s+(ONLY\\s+)?"?${table}"?(?![\\w"])`, 'i').test(statement);

/** Removes all parentheses and their content. */
function stripParentheses(statement: string): string {
  const shorter = statement.replace(/\([^()]*\)/g, '');
  return shorter === statement ? statement : stripParentheses(shorter);
}

/** An INSERT writes the owner; any other statement filters by it, without an alternative (OR). */
const isScopedToOwner = (statement: string) =>
  /^\s*INSERT\b/i.test(statement)
    ? /^\s*INSERT INTO "?\w+"? \((\w|"|, )*\bowner_id\b/i.test(statement)
    : /\bWHERE owner_id = \$1\b/i.test(statement) && !/\bOR\b/i.test(stripParentheses(statement));

describe('the statements of the api', () => {
  let statements: string[];

  beforeAll(async () => {
    await sendAllRequests(await api.as('ada'));
    statements = [...listener.statements].filter(
      (statement) =>
        !/^\s*(START|BEGIN|COMMIT|ROLLBACK)\b/i.test(statement) && !BACKGROUND_STATEMENTS.test(statement),
    );
  });

  it('are recorded for every table', () => {
    expect(tables.filter((table) => !statements.some((statement) => touches(statement, table)))).toEqual([]);
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

  it('join no tables', () => {
    const joins = statements.filter(
      (statement) => tables.filter((table) => touches(statement, table)).length > 1,
    );
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
