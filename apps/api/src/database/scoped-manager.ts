import type { DataSource, EntityManager } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';
import { getType } from './column-type.js';

/** Runs one SQL statement on the connection of a scope. */
export type RunStatement = (text: string, parameters?: unknown[]) => Promise<unknown>;

/**
 * TypeORM's EntityManager for one scope, without the members that lead out of its transaction. Everything that it
 * creates, such as repositories and query builders, runs in the scope, too.
 */
export type ScopedManager = Omit<
  EntityManager,
  'connection' | 'dataSource' | 'queryRunner' | 'transaction' | 'release' | 'clear'
> & {
  /** Runs a part that can fail on its own: if it rejects, only its changes are rolled back. */
  savepoint<R>(work: () => Promise<R>): Promise<R>;
};

/** A leading comment. Nested comments don't match, so a statement cannot hide behind one. */
const LEADING_COMMENT = /^\s*(?:--[^\n]*\n|\/\*(?:(?!\/\*|\*\/)[^])*\*\/|\()/;
const QUERY_COMMANDS = /^\s*(?:SELECT|INSERT|UPDATE|DELETE|MERGE|WITH|VALUES|TABLE)\b/i;
/** EXPLAIN also executes other commands, such as CREATE TABLE AS. */
const EXPLAIN = /^\s*EXPLAIN(?:\s*\([^()]*\)|(?:\s+(?:ANALYZE|VERBOSE)\b)*)/i;
/** Ways to change a setting within a query, and escapes that could hide their names. */
const SETTINGS = /set_config|pg_settings|u&"/i;
/** A temporary table would outlive the transaction, and the next owner could read it. */
const INTO_TEMPORARY =
  /\bINTO(?:\s|--[^\n]*\n|\/\*[^]*?\*\/)*(?:(?:LOCAL|GLOBAL|TEMP|TEMPORARY|UNLOGGED|TABLE)\b|"?pg_temp)/i;

/**
 * Asserts that a statement reads or writes rows, and changes neither the role, nor the owner, nor the transaction.
 * @throws Error that says what to write instead.
 */
export function assertAllowedInScope(text: unknown): asserts text is string {
  if (typeof text !== 'string') {
    throw new Error('A scope runs SQL texts only, no streams or cursors. Read the rows in pages instead.');
  }
  const command = withoutLeadingComments(withoutLeadingComments(text).replace(EXPLAIN, ''));
  if (!QUERY_COMMANDS.test(command)) {
    throw new Error(
      'A scope runs SELECT, INSERT, UPDATE, DELETE, MERGE, WITH, VALUES, TABLE and EXPLAIN only. For a savepoint, ' +
        'use manager.savepoint(). For anything else, write a migration.',
    );
  }
  if (SETTINGS.test(text) || INTO_TEMPORARY.test(text)) {
    throw new Error(
      'A statement in a scope must not contain set_config, pg_settings, a U&"…" identifier or INTO TEMPORARY: they ' +
        'could change the owner, or keep rows for the next one.',
    );
  }
}

function withoutLeadingComments(text: string): string {
  let command = text;
  while (LEADING_COMMENT.test(command)) {
    command = command.replace(LEADING_COMMENT, '');
  }
  return command;
}

/**
 * Creates an entity manager whose statements all go through `run`. Its data source and driver are copies that know
 * no connection pool, so that what TypeORM reaches through them stays in the scope.
 */
export function createScopedManager(dataSource: DataSource, run: RunStatement): EntityManager {
  const source: DataSource = Object.create(dataSource);
  const driver: PostgresDriver = Object.create(dataSource.driver);
  Object.assign(driver, {
    dataSource: source,
    master: undefined,
    slaves: [],
    connectedQueryRunners: [],
    prepareHydratedValue: (value: unknown, column: ColumnMetadata) =>
      // The type parser has converted it to RFC 3339; TypeORM would make it a Date.
      getType(column) === 'timestamp with time zone' && !column.transformer
        ? value
        : dataSource.driver.prepareHydratedValue(value, column),
  });
  const reject = async () => {
    throw new Error(
      'The scope commits or rolls back its transaction itself. For a part of it, use manager.savepoint().',
    );
  };
  const relationLoader = Object.assign(Object.create(dataSource.relationLoader), { dataSource: source });
  const queryRunner = Object.assign(driver.createQueryRunner('master'), {
    connect: async () => ({ query: run }),
    isTransactionActive: true,
    startTransaction: reject,
    commitTransaction: reject,
    rollbackTransaction: reject,
    release: async () => {},
  });
  Object.assign(source, { driver, relationLoader, createQueryRunner: () => queryRunner });
  const manager = source.createEntityManager(queryRunner);
  Object.assign(source, { manager });
  Object.assign(queryRunner, { manager });
  return manager;
}

/**
 * Removes the way from entity metadata to the connection pool. Features get metadata from the repositories of a scope, and
 * could keep them after its end.
 */
export function detachMetadata(dataSource: DataSource): void {
  const manager = createScopedManager(dataSource, async () => {
    throw new Error('Entity metadata have no connection. Run statements with the manager of a scope.');
  });
  for (const metadata of dataSource.entityMetadatas) {
    metadata.dataSource = manager.dataSource;
  }
}
