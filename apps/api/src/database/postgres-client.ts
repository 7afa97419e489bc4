import pg from 'pg';

const TIMESTAMPTZ = 1184;
const MAX_PREPARED_STATEMENTS = 1000;
const statementNames = new Map<string, string>();

/** One name per statement text, so that Postgres parses and plans each text once per connection. */
function statementName(text: string): string | undefined {
  let name = statementNames.get(text);
  if (!name && statementNames.size < MAX_PREPARED_STATEMENTS) {
    name = `s${statementNames.size}`;
    statementNames.set(text, name);
  }
  return name;
}

/**
 * Postgres' text of a `timestamptz(3)` as RFC 3339 in UTC with milliseconds. Servers in UTC, the usual case, need no
 * date arithmetic: `2026-11-23 14:05:09.12+00` becomes `2026-11-23T14:05:09.120Z`.
 */
export function toRfc3339(text: string): string {
  if (!text.endsWith('+00') || text.length > 26) {
    return new Date(text).toISOString();
  }
  const milliseconds = text.slice(20, -3).padEnd(3, '0');
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${milliseconds}Z`;
}

/** Type parsers that leave nothing to convert on the way to JSON. */
export const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === TIMESTAMPTZ ? toRfc3339 : pg.types.getTypeParser(oid, format as 'text'),
} as typeof pg.types;

type Query = (config: unknown, values?: unknown[], callback?: unknown) => Promise<unknown>;

/**
 * A client that hangs up when a statement gets no answer in time. Left open, its connection would go back to the pool
 * still waiting, and every later statement would wait behind the lost one.
 */
export class TimeLimitedClient extends pg.Client {
  // @ts-expect-error one signature for the many of pg: TypeORM calls with a text and its values alone
  override query(config: unknown, values?: unknown[], callback?: unknown): Promise<unknown> {
    const result = (super.query as Query).call(this, config, values, callback);
    result?.catch?.((error: Error) => {
      if (error.message === 'Query read timeout') {
        (this as unknown as { connection: pg.Connection }).connection.stream.destroy();
      }
    });
    return result;
  }
}

/** Sends every statement that has parameters as a named prepared one: TypeORM has no place for the name. */
export class PreparingClient extends TimeLimitedClient {
  override query(config: unknown, values?: unknown[], callback?: unknown): Promise<unknown> {
    const name = typeof config === 'string' && values?.length ? statementName(config) : undefined;
    return super.query(name ? { name, text: config, values } : config, name ? undefined : values, callback);
  }
}
