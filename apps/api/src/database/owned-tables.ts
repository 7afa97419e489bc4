import type { EntityMetadata } from 'typeorm';
import { SHARED_TABLE } from './shared-table.decorator.js';

const TEXT_TYPES: unknown[] = ['text', 'varchar', 'character varying', String];

/**
 * Returns the quoted names of all tables with an owner, and asserts that every other entity is declared as shared.
 * Otherwise an account deletion could not know which of its rows belong to the user.
 * @throws Error that lists the entities that are neither owned nor shared.
 */
export function getOwnedTables(entities: EntityMetadata[]): string[] {
  const owned = entities.filter(isOwned);
  const unclear = entities.filter((entity) => !isOwned(entity) && !isShared(entity));
  if (unclear.length > 0) {
    throw new Error(
      'Entities without an owner: every table needs the text column "owner_id", so that an account deletion finds ' +
        'its rows. Extend OwnedEntity, or add @SharedTable() if the rows belong to no user:\n  ' +
        unclear.map(({ name, tableName }) => `${name} (table "${tableName}")`).join('\n  '),
    );
  }
  const tables = owned.filter(({ tableType }) => tableType !== 'view');
  return [...new Set(tables.map(({ tablePath }) => quotePath(tablePath)))];
}

export function isOwned({ columns }: EntityMetadata): boolean {
  return columns.some(({ databaseName, type }) => databaseName === 'owner_id' && TEXT_TYPES.includes(type));
}

export function isShared({ target }: EntityMetadata): boolean {
  return typeof target === 'function' && Reflect.getMetadata(SHARED_TABLE, target) === true;
}

/** A path is a table name, or a schema and a table name. */
const quotePath = (path: string) =>
  path
    .split('.')
    .map((name) => `"${name}"`)
    .join('.');
