import { DefaultNamingStrategy, type Table, type NamingStrategyInterface } from 'typeorm';

/** Names the column of `dueAt` `due_at`, and a primary key like PostgreSQL does: `tasks_pkey`. */
export class SnakeNamingStrategy extends DefaultNamingStrategy implements NamingStrategyInterface {
  override columnName(propertyName: string, customName: string | undefined): string {
    return customName ?? propertyName.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  }

  override primaryKeyName(table: Table | string): string {
    return `${typeof table === 'string' ? table : table.name}_pkey`.replace(/^.*\./, '');
  }
}
