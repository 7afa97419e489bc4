import type { Field } from '../fields.js';
import type { Names } from '../names.js';

/** `notes_owner_due_idx`, of the column `due_at`; `notes_owner_due_at_idx` where there is a column `due` too. */
export function indexName({ table }: Names, fields: Field[], { column }: Field): string {
  const short = column.replace(/_at$/, '');
  return `${table}_owner_${fields.some((field) => field.column === short) ? column : short}_idx`;
}

export function searchIndexName({ table }: Names): string {
  return `${table}_search_idx`;
}

/** As Postgres itself would name it. */
export function checkName({ table }: Names, { column }: Field): string {
  return `${table}_${column}_check`;
}
