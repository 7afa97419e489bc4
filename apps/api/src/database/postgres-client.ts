import { isReadOnlyError } from '@app/server/postgres';
import pg from 'pg';
import { assertConnectionOfScope, getCurrentScope } from './current-scope.js';

const DATE = 1082;
const TIMESTAMPTZ = 1184;
const MAX_PREPARED_STATEMENTS = 1000;
const statementNames = new Map<string, string>();

/**
 * Returns whether one query plan is good for all values. It is not for a search, nor for an item of an array or a linked
 * row: a rare one needs the index, a common one is found faster by scanning the list in order. Lists of
 * `OwnedRepository` that filter by one column and sort by another are not prepared either: a plan for all values expects few
 * rows and sorts them.
 */
export const isPreparable = (text: string) => !/ LIKE | @> |EXISTS \(|" = \$\d+ .*ORDER BY "/.test(text);

/** Returns one name per statement text, so that PostgreSQL parses and plans each text once per connection. */
function getStatementName(text: string): string | undefined {
  let name = statementNames.get(text);
  if (name === undefined && statementNames.size < MAX_PREPARED_STATEMENTS) {
    name = isPreparable(text) ? `s${statementNames.size}` : '';
    statementNames.set(text, name);
  }
  return name;
}

/**
 * Converts PostgreSQL's text of a `timestamptz(3)` to RFC 3339 in UTC with milliseconds. If the server's time zone is
 * UTC, it only edits the text: `2026-11-23 14:05:09.12+00` becomes `2026-11-23T14:05:09.120Z`.
 */
export function toRfc3339(text: string): string {
  if (!text.endsWith('+00') || text.length > 26) {
    return new Date(text).toISOString();
  }
  const milliseconds = text.slice(20, -3).padEnd(3, '0');
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${milliseconds}Z`;
}

/** pg itself returns a `Date` at midnight in the time zone of the server, which is another day elsewhere. */
const parsers: Record<number, (text: string) => string> = {
  [DATE]: (text) => text,
  [TIMESTAMPTZ]: toRfc3339,
};

/** Type parsers that return dates and timestamps as strings, ready for JSON. */
export const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    parsers[oid] ?? pg.types.getTypeParser(oid, format as 'text'),
} as typeof pg.types;

const CHECK_INTERVAL_MS = 250;

/** The option of `ResponseTimeoutClient` in addition to those of pg. */
export interface ResponseTimeoutOptions {
  responseTimeoutMs?: number;
}

/** Replaces the overloads of pg. A callback must remain the last argument, because tracing wraps it there. */
type Query = (...args: unknown[]) => unknown;

/**
 * Closes the connection if a statement gets no response within `responseTimeoutMs`. Otherwise the connection would
 * return to the pool, and later statements would wait behind the lost one. It needs one timer per connection; pg's own
 * `query_timeout` creates one per statement.
 *
 * Also closes it if the server is read-only, so that the pool connects to the new primary after a switchover.
 */
export class ResponseTimeoutClient extends pg.Client {
  private waitingSince = Infinity;

  constructor(config: pg.ClientConfig & ResponseTimeoutOptions) {
    super(config);
    this.on('drain', () => {
      this.waitingSince = Infinity;
    });
    const { responseTimeoutMs } = config;
    if (responseTimeoutMs) {
      const timer = setInterval(
        () => this.closeIfWaitingLongerThan(responseTimeoutMs),
        CHECK_INTERVAL_MS,
      ).unref();
      this.once('end', () => clearInterval(timer));
    }
  }

  // @ts-expect-error pg declares it with eight overloads
  override query(...args: unknown[]): unknown {
    assertConnectionOfScope(this);
    this.waitingSince = performance.now();
    const result = (super.query as Query).apply(this, args);
    // pool.query() passes a callback instead, and the pool itself closes the connection after an error.
    if (result instanceof Promise) {
      result.catch((error: unknown) => this.closeIfReadOnly(error));
    }
    return result;
  }

  private closeIfReadOnly(error: unknown): void {
    if (isReadOnlyError(error) && !getCurrentScope()?.readOnly) {
      void this.end();
    }
  }

  private closeIfWaitingLongerThan(durationMs: number): void {
    if (performance.now() - this.waitingSince > durationMs) {
      (this as unknown as { connection: pg.Connection }).connection.stream.destroy();
    }
  }
}

/** Sends statements with parameters as named prepared statements. TypeORM's `query` has no parameter for the name. */
export class PreparedStatementClient extends ResponseTimeoutClient {
  override query(config: unknown, values?: unknown, ...callback: unknown[]): unknown {
    const hasParameters = Array.isArray(values) && values.length > 0;
    const name = typeof config === 'string' && hasParameters ? getStatementName(config) : undefined;
    if (!name) {
      return super.query(config, values, ...callback);
    }
    // pg copies the properties of a configuration object, but not of a `Query`, which returns no promise.
    return callback.length > 0
      ? super.query(Object.assign(new pg.Query(config as string, values as unknown[]), { name }), ...callback)
      : super.query({ name, text: config, values });
  }
}
