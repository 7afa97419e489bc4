import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';

/** Returns PostgreSQL's own name of a column's type. An entity may use an alias, such as `int` or `Boolean`. */
export function getType(column: ColumnMetadata): string {
  return column.entityMetadata.dataSource.driver.normalizeType(column);
}
