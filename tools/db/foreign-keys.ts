import type { DataSource } from 'typeorm';

const setsNull = /(FOREIGN KEY \("?owner_id"?, ([^)]+)\).* ON DELETE SET NULL)(?: \([^)]*\))?/;

/**
 * Returns a statement or definition whose ON DELETE SET NULL keeps the owner. TypeORM writes it without columns, which
 * would set all columns of the key to null.
 */
export function keepOwner(sql: string): string {
  return sql.replace(setsNull, '$1 ($2)');
}

/**
 * Returns the statements that fix foreign keys whose ON DELETE SET NULL includes the owner. TypeORM doesn't see them.
 *
 * @param others Changes of TypeORM, which may already replace some of them.
 */
export async function findForeignKeyChanges(
  dataSource: DataSource,
  others: string[],
): Promise<{ up: string[]; down: string[] }> {
  const foreignKeys: { name: string; table: string; definition: string }[] = await dataSource.query(`
    SELECT conname AS name, relname AS table, pg_get_constraintdef(pg_constraint.oid) AS definition
    FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
    WHERE confdeltype = 'n' AND relnamespace = current_schema()::regnamespace
    ORDER BY relname, conname`);
  const wrong = foreignKeys
    .filter(({ definition }) => definition !== keepOwner(definition))
    .filter(({ name }) => !others.some((sql) => sql.includes(`CONSTRAINT "${name}"`)));
  const replace = (change: (definition: string) => string) =>
    wrong.flatMap(({ table, name, definition }) => [
      `ALTER TABLE "${table}" DROP CONSTRAINT "${name}"`,
      `ALTER TABLE "${table}" ADD CONSTRAINT "${name}" ${change(definition)}`,
    ]);
  return { up: replace(keepOwner), down: replace((definition) => definition) };
}
