import pg from 'pg';

const TIMESTAMPTZ = 1184;
const MAX_PREPARED_STATEMENTS = 1000;
const statementNames = new Map<string, string>();

/**
 * Whether one plan may serve all values. Not that of a search: the index of the texts finds a rare word, the way through
 * the list a common one.
 */
export const isPreparable = (text: string) => !text.includes(' LIKE ');

/** One name per statement text, so that Postgres parses and plans each text once per connection. */
function statementName(text: string): string | undefined {
  let name = statementNames.get(text);
  if (name === undefined && statementNames.size < MAX_PREPARED_STATEMENTS) {
    name = isPreparable(text) ? `s${statementNames.size}` : '';
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

const CHECK_INTERVAL_MS = 250;

/** What a pool of `TimeLimitedClient`s takes beside pg's own options. */
export interface AnswerTimeLimit {
  answerTimeoutMillis?: number;
}

/** One signature for the many of pg. A callback stays the last argument, where tracing looks for it. */
type Query = (...args: unknown[]) => unknown;

/**
 * A client that hangs up when a statement gets no answer within `answerTimeoutMillis`. Left open, its connection would
 * go back to the pool still waiting, and every later statement would wait behind the lost one. One timer a connection
 * sees to it: pg's own `query_timeout` makes one for every statement.
 */
export class TimeLimitedClient extends pg.Client {
  private busySince = Infinity;

  constructor(config: pg.ClientConfig & AnswerTimeLimit) {
    super(config);
    this.on('drain', () => {
      this.busySince = Infinity;
    });
    const { answerTimeoutMillis } = config;
    if (answerTimeoutMillis) {
      const timer = setInterval(() => this.hangUpAfter(answerTimeoutMillis), CHECK_INTERVAL_MS).unref();
      this.once('end', () => clearInterval(timer));
    }
  }

  // @ts-expect-error pg declares it with eight overloads
  override query(...args: unknown[]): unknown {
    this.busySince = performance.now();
    return (super.query as Query).apply(this, args);
  }

  private hangUpAfter(milliseconds: number): void {
    if (performance.now() - this.busySince > milliseconds) {
      (this as unknown as { connection: pg.Connection }).connection.stream.destroy();
    }
  }
}

/** Sends every statement that has parameters as a named prepared one: TypeORM has no place for the name. */
export class PreparingClient extends TimeLimitedClient {
  override query(config: unknown, values?: unknown, ...callback: unknown[]): unknown {
    const name = typeof config === 'string' && hasItems(values) ? statementName(config) : undefined;
    return name
      ? super.query({ name, text: config, values }, ...callback)
      : super.query(config, values, ...callback);
  }
}

const hasItems = (values: unknown) => Array.isArray(values) && values.length > 0;
