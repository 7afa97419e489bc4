import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../tools/test/database.js';
import { document } from './openapi-check.js';
import { type Client, type RunningApi, startApi } from './running-api.js';
import { sample } from './sample.js';
import { listenToSql, type SqlListener } from './sql-listener.js';

/** Tables with no rows of users: one copy on every node. */
const REFERENCE_TABLES = ['migrations'];

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

/** A body with every member that there is. */
const fullBody = (schema: ObjectSchema) =>
  Object.fromEntries(Object.entries(schema.properties).map(([name, value]) => [name, sample(value)]));

/** Every choice that a list offers, each with every other. */
function queries({ parameters = [] }: Operation): string[] {
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

/** Asks for everything that the OpenAPI document offers, in every way that leads to another statement. */
async function useEverything(user: Client): Promise<void> {
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
    for (const query of get ? queries(get) : [])
      await (schema ? readList(user, path, query) : user.get(path));
  }
  for (const [path, { get, patch, delete: remove }] of paths.filter(([name]) => name.includes('{'))) {
    const { body } = await user.get(path.slice(0, path.indexOf('/{'))).expect(200);
    const row = path.replace(/\{[^}]+\}/, body.items[0].id);
    if (get) await user.get(row).expect(200);
    const schema = patch && bodySchema(patch);
    for (const [name, value] of Object.entries(schema ? fullBody(schema) : {})) {
      await user
        .patch(row)
        .send({ [name]: value })
        .expect(200);
    }
    if (schema) await user.patch(row).set('If-Match', '"999"').send(fullBody(schema)).expect(412);
    if (remove) await user.delete(row).expect(204);
  }
  await user.delete('/api/me').expect(204);
}

const touches = (statement: string, table: string) =>
  new RegExp(`\\b(FROM|INTO|UPDATE|JOIN)\\s+(ONLY\\s+)?"?${table}"?(?![\\w"])`, 'i').test(statement);

/** Without what stands in parentheses, from the inside out. */
function topLevel(statement: string): string {
  const shorter = statement.replace(/\([^()]*\)/g, '');
  return shorter === statement ? statement : topLevel(shorter);
}

/** The owner is written, or compared with in a condition that nothing else can stand in for. */
const ofOneOwner = (statement: string) =>
  /^\s*INSERT\b/i.test(statement)
    ? /^\s*INSERT INTO "?\w+"? \((\w|"|, )*\bowner_id\b/i.test(statement)
    : /\bWHERE owner_id = \$1\b/i.test(statement) && !/\bOR\b/i.test(topLevel(statement));

describe('the statements of the api', () => {
  let statements: string[];

  beforeAll(async () => {
    await useEverything(await api.as('ada'));
    statements = [...listener.statements].filter(
      (statement) => !/^\s*(START|BEGIN|COMMIT|ROLLBACK)\b/i.test(statement),
    );
  });

  it('are all heard, of every table', () => {
    expect(tables.filter((table) => !statements.some((statement) => touches(statement, table)))).toEqual([]);
    for (const verb of ['SELECT', 'INSERT', 'UPDATE', 'DELETE']) {
      const heard = statements.filter((text) => text.trim().startsWith(verb) && touches(text, 'tasks'));
      expect(heard).not.toEqual([]);
    }
  });

  it('each name one owner', () => {
    const rows = statements.filter((statement) => tables.some((table) => touches(statement, table)));
    expect(rows.filter((statement) => !ofOneOwner(statement))).toEqual([]);
  });

  it('touch no row otherwise', () => {
    const others = statements.filter((statement) => !tables.some((table) => touches(statement, table)));
    expect(others.filter((statement) => tables.some((table) => statement.includes(table)))).toEqual([]);
  });

  it('join no tables', () => {
    const wide = statements.filter(
      (statement) => tables.filter((table) => touches(statement, table)).length > 1,
    );
    expect(wide).toEqual([]);
  });
});

describe('the schema of the api', () => {
  const ours = () => tables.map((table) => `'${table}'`).join(', ');

  it('has the owner in every table, first in its primary key', async () => {
    const keys = await catalog<{ table: string; first: string }>(`
      SELECT relname AS table, attname AS first FROM pg_index
      JOIN pg_class ON pg_class.oid = indrelid
      JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]
      WHERE indisprimary AND relname IN (${ours()})`);
    expect(keys.toSorted((one, other) => one.table.localeCompare(other.table))).toEqual(
      tables.toSorted().map((table) => ({ table, first: 'owner_id' })),
    );
  });

  it('has no unique, exclusion or foreign key constraint without the owner', async () => {
    const crossing = await catalog(`
      SELECT conname FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
      WHERE relname IN (${ours()}) AND contype IN ('p', 'u', 'x', 'f') AND NOT EXISTS (
        SELECT FROM pg_attribute
        WHERE attrelid = conrelid AND attnum = ANY (conkey) AND attname = 'owner_id')`);
    const indexes = await catalog(`
      SELECT indexrelid::regclass FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
      WHERE relname IN (${ours()}) AND indisunique AND NOT EXISTS (
        SELECT FROM pg_attribute
        WHERE attrelid = indrelid AND attnum = ANY (indkey) AND attname = 'owner_id')`);
    expect([...crossing, ...indexes]).toEqual([]);
  });

  it('has no sequence, no trigger and no default that asks for one', async () => {
    const sequences = await catalog<{ name: string }>(
      `SELECT c.relname AS name FROM pg_class c JOIN pg_depend d ON d.objid = c.oid AND d.refobjsubid > 0
       JOIN pg_class t ON t.oid = d.refobjid WHERE c.relkind = 'S' AND t.relname IN (${ours()})`,
    );
    const defaults = await catalog(
      `SELECT table_name FROM information_schema.columns
       WHERE table_name IN (${ours()}) AND (column_default LIKE '%nextval%' OR is_identity = 'YES')`,
    );
    const triggers = await catalog(
      `SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
       WHERE relname IN (${ours()}) AND NOT tgisinternal`,
    );
    expect([...sequences, ...defaults, ...triggers]).toEqual([]);
  });
});
