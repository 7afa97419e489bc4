import { VirtualColumn } from 'typeorm';

const LINK_TABLES = 'database:linkTables';

/** A table whose rows connect two others. The names are those of the database. */
export interface LinkTable {
  table: string;
  /** The column with the id of the row that has the ids. */
  from: string;
  /** The column with the ids. */
  to: string;
}

/**
 * The ids of the rows that a join table connects to a row, such as the tags of a note. `OwnedRepository` reads, writes and
 * filters them like a column with an array. In an owner scope, `find` reads them; to change them, write the join table.
 */
export function LinkedIds(link: LinkTable): PropertyDecorator {
  return (target, property) => {
    const links = new Map(getLinkTables(target.constructor)).set(property as string, link);
    Reflect.defineMetadata(LINK_TABLES, links, target.constructor);
    const query = (alias: string) => selectLinkedIds(link, `${alias}.owner_id`, alias);
    VirtualColumn('uuid', { query })(target, property);
  };
}

/** Returns the join tables of an entity by property. */
export function getLinkTables(entity: unknown): ReadonlyMap<string, LinkTable> {
  return Reflect.getMetadata(LINK_TABLES, entity as object) ?? new Map();
}

/** @param owner an expression for the owner of the row. */
export function selectLinkedIds({ table, from, to }: LinkTable, owner: string, row: string): string {
  return `ARRAY(SELECT "${to}" FROM "${table}" WHERE owner_id = ${owner} AND "${from}" = ${row}.id ORDER BY 1)`;
}
