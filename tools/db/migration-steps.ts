import type { SchemaChanges } from './schema-changes.js';

/** The statements of one migration file. */
export interface MigrationStep extends SchemaChanges {
  /** Added to the name of the migration. */
  suffix: '' | '-concurrently' | '-constraints';
}

const TABLE = '("[^"]+"(?:\\."[^"]+")?)';
const createTable = new RegExp(`^CREATE TABLE ${TABLE}`);
const addColumn = new RegExp(`^ALTER TABLE ${TABLE} ADD ("[^"]+") (.*)$`, 's');
const setNotNull = new RegExp(`^ALTER TABLE ${TABLE} ALTER COLUMN "([^"]+)" SET NOT NULL$`);
const createIndex = new RegExp(
  `^CREATE (UNIQUE )?INDEX (?:CONCURRENTLY )?("[^"]+") ON ${TABLE}\\s+(.*?)\\s*$`,
  's',
);
const addUnique = new RegExp(`^ALTER TABLE ${TABLE} ADD CONSTRAINT ("[^"]+") UNIQUE (\\(.*\\))$`, 's');
const dropIndex = /^DROP INDEX ((?:"[^"]+"\.)?("[^"]+"))$/;
const dropConstraint = new RegExp(`^ALTER TABLE ${TABLE} DROP CONSTRAINT ("[^"]+")$`);
const addConstraint = new RegExp(
  `^ALTER TABLE ${TABLE} ADD CONSTRAINT ("[^"]+") (?:CHECK|FOREIGN KEY) .*$`,
  's',
);

/**
 * Splits schema changes into migrations that block neither reads nor writes of a large table: new constraints are NOT
 * VALID first, indexes are created concurrently outside a transaction, and a scan never runs under an exclusive lock.
 * An index or a unique constraint that changes is dropped after its successor exists. Tables that the changes create are
 * empty, so their statements stay as they are.
 *
 * @throws Error if a new column would have no value in existing rows
 */
export function migrationSteps({ up, down }: SchemaChanges): MigrationStep[] {
  const main: MigrationStep = { suffix: '', up: [], down: [...down] };
  const concurrent: MigrationStep = { suffix: '-concurrently', up: [], down: [] };
  const final: MigrationStep = { suffix: '-constraints', up: [], down: [] };
  const created = new Set(up.map((sql) => createTable.exec(sql)?.[1]));

  const createConcurrently = (unique: string, index: string, table: string, rest: string) => {
    // An interrupted run leaves an invalid index behind.
    concurrent.up.push(
      `DROP INDEX CONCURRENTLY IF EXISTS ${index}`,
      `CREATE ${unique}INDEX CONCURRENTLY ${index} ON ${table} ${rest}`,
    );
    concurrent.down.unshift(`DROP INDEX CONCURRENTLY IF EXISTS ${index}`);
  };
  /** Moves the statement that reverts a change from the first migration to another one. */
  const moveDown = (step: MigrationStep | undefined, pattern: RegExp) => {
    const moved = main.down.filter((sql) => pattern.test(sql));
    main.down = main.down.filter((sql) => !pattern.test(sql));
    step?.down.unshift(...moved);
  };
  const on = (pattern: RegExp, sql: string, tableGroup = 1) => {
    const match = pattern.exec(sql);
    return match && !created.has(match[tableGroup]) ? (match as unknown as string[]) : undefined;
  };

  const replaced = new Set(up.map((sql) => on(createIndex, sql, 3)?.[2] ?? on(addUnique, sql)?.[2]));
  const dropReplaced: string[] = [];

  for (const sql of up) {
    const [, qualifiedName = '', droppedIndex = ''] = dropIndex.exec(sql) ?? [];
    const [, changedTable = '', droppedConstraint = ''] = dropConstraint.exec(sql) ?? [];
    const index = on(createIndex, sql, 3);
    const unique = on(addUnique, sql);
    const constraint = on(addConstraint, sql);
    const required = on(setNotNull, sql);
    const column = on(addColumn, sql);
    if (replaced.has(droppedIndex)) {
      const old = oldName(droppedIndex);
      main.up.push(`ALTER INDEX ${qualifiedName} RENAME TO ${old}`);
      main.down.unshift(`DROP INDEX IF EXISTS ${old}`);
      dropReplaced.push(`DROP INDEX CONCURRENTLY IF EXISTS ${old}`);
    } else if (replaced.has(droppedConstraint)) {
      const old = oldName(droppedConstraint);
      main.up.push(`ALTER TABLE ${changedTable} RENAME CONSTRAINT ${droppedConstraint} TO ${old}`);
      main.down.unshift(`ALTER TABLE ${changedTable} DROP CONSTRAINT IF EXISTS ${old}`);
      final.up.push(`ALTER TABLE ${changedTable} DROP CONSTRAINT IF EXISTS ${old}`);
    } else if (index) {
      const [, uniqueWord = '', name = '', table = '', rest = ''] = index;
      createConcurrently(uniqueWord, name, table, rest);
      moveDown(undefined, new RegExp(`^DROP INDEX .*${escapeRegExp(name)}$`));
    } else if (unique) {
      const [, table = '', name = '', columns = ''] = unique;
      createConcurrently('UNIQUE ', name, table, columns);
      final.up.push(`ALTER TABLE ${table} ADD CONSTRAINT ${name} UNIQUE USING INDEX ${name}`);
      moveDown(final, new RegExp(`DROP CONSTRAINT ${escapeRegExp(name)}$`));
    } else if (constraint) {
      const [, table, name] = constraint;
      main.up.push(`${sql} NOT VALID`);
      concurrent.up.push(`ALTER TABLE ${table} VALIDATE CONSTRAINT ${name}`);
    } else if (required) {
      const [, table = '', name = ''] = required;
      const check = `"${table.replaceAll('"', '').split('.').at(-1)}_${name}_not_null"`;
      main.up.push(`ALTER TABLE ${table} ADD CONSTRAINT ${check} CHECK ("${name}" IS NOT NULL) NOT VALID`);
      concurrent.up.push(`ALTER TABLE ${table} VALIDATE CONSTRAINT ${check}`);
      // PostgreSQL skips the scan, because the valid constraint proves the same.
      final.up.push(sql, `ALTER TABLE ${table} DROP CONSTRAINT ${check}`);
      moveDown(
        final,
        new RegExp(`^ALTER TABLE ${escapeRegExp(table)} ALTER COLUMN "${name}" DROP NOT NULL$`),
      );
      main.down.unshift(`ALTER TABLE ${table} DROP CONSTRAINT IF EXISTS ${check}`);
    } else {
      if (column) {
        checkColumn(column[1]!, column[2]!, column[3]!);
      }
      main.up.push(sql);
    }
  }
  concurrent.up.push(...dropReplaced);
  return [main, concurrent, final].filter((step) => step.up.length > 0);
}

function checkColumn(table: string, column: string, definition: string): void {
  if (/ NOT NULL/.test(definition) && !/ DEFAULT |GENERATED|SERIAL/i.test(definition)) {
    throw new Error(
      `The new column ${column} of ${table} is NOT NULL without a default, so existing rows would have no value. ` +
        'Give it a default in the entity, or make it nullable first. See docs/migrations.md.',
    );
  }
}

/** At the front, because PostgreSQL cuts long names. */
const oldName = (name: string) => `"old_${name.slice(1)}`;

const escapeRegExp = (text: string) => text.replace(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);

const risks: [RegExp, string][] = [
  [/\bDROP (TABLE|COLUMN)\b/, 'deletes data, and the version that is still running may need it'],
  [/\bRENAME\b/, 'breaks the version that is still running'],
  [/\bALTER COLUMN .* TYPE\b/, 'can rewrite the whole table under an exclusive lock'],
  [
    /\bADD .*(DEFAULT (?!now\(\))\(?[\w".]+\(|GENERATED|SERIAL)/,
    'rewrites the whole table under an exclusive lock',
  ],
  [/\bADD CONSTRAINT \S+ (PRIMARY KEY|EXCLUDE)\b/, 'builds an index under an exclusive lock'],
];

/** Returns the statements that need a second look before they run on a database in production. */
export function reviewNotes(up: string[]): string[] {
  return up.flatMap((sql) =>
    risks.filter(([pattern]) => pattern.test(sql)).map(([, risk]) => `${sql}\n    ${risk}`),
  );
}
