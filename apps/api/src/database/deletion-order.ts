import type { DataSource } from 'typeorm';

interface ForeignKey {
  name: string;
  /** The quoted name of the table that has the key. */
  child: string;
  parent: string;
  /** `pg_constraint.confdeltype`: `c` is CASCADE. */
  onDelete: string;
  /** Quoted. Setting one of them to NULL removes the reference. */
  nullableColumns: string[];
}

/** The steps that delete all rows of an owner without violating a foreign key. */
export interface DeletionOrder {
  /** References to set to NULL first, because their tables refer to each other. */
  references: { table: string; column: string }[];
  /** Children come before their parents, so that the deletion of a row doesn't cascade to any number of others. */
  tables: string[];
}

/**
 * Orders the tables by the foreign keys of the database, whichever migration has created them.
 * @throws Error if tables refer to each other by keys that can neither be NULL nor cascade.
 */
export async function readDeletionOrder(dataSource: DataSource, tables: string[]): Promise<DeletionOrder> {
  const keys = await dataSource.query<ForeignKey[]>(
    `SELECT conname AS name, child, parent, confdeltype AS "onDelete", ARRAY(
       SELECT quote_ident(attname) FROM pg_attribute
       WHERE attrelid = conrelid AND attnum = ANY (conkey) AND NOT attnotnull AND confmatchtype = 's'
     ) AS "nullableColumns"
     FROM pg_constraint
     JOIN unnest($1::text[]) AS child ON to_regclass(child) = conrelid
     JOIN unnest($1::text[]) AS parent ON to_regclass(parent) = confrelid
     WHERE contype = 'f' ORDER BY conname`,
    [tables],
  );
  return orderForDeletion(tables, keys);
}

export function orderForDeletion(tables: string[], keys: ForeignKey[]): DeletionOrder {
  const detached = findCyclic(keys).filter(({ nullableColumns }) => nullableColumns.length > 0);
  const kept = keys.filter((key) => !detached.includes(key));
  const required = findCyclic(kept);
  if (required.some(({ onDelete }) => onDelete !== 'c')) {
    const list = required.map(({ name, child, parent }) => `  ${name}: ${child} refers to ${parent}`);
    throw new Error(
      'Tables refer to each other by required foreign keys, so an account deletion can delete the rows of none first. ' +
        `Make the column of one key nullable, or all keys ON DELETE CASCADE:\n${list.join('\n')}`,
    );
  }
  const ordered: string[] = [];
  const add = (table: string) => {
    if (!ordered.includes(table)) {
      kept
        .filter((key) => key.parent === table && !required.includes(key))
        .forEach(({ child }) => add(child));
      ordered.push(table);
    }
  };
  tables.forEach(add);
  return {
    references: detached.map(({ child, nullableColumns }) => ({ table: child, column: nullableColumns[0]! })),
    tables: ordered,
  };
}

/** Returns the keys that are part of a cycle, self-references included. */
function findCyclic(keys: ForeignKey[]): ForeignKey[] {
  return keys.filter(({ child, parent }) => {
    const reached = new Set([parent]);
    for (const table of reached) {
      keys.filter((key) => key.child === table).forEach((key) => reached.add(key.parent));
    }
    return reached.has(child);
  });
}
