import { DefaultNamingStrategy, type Table, type NamingStrategyInterface } from 'typeorm';

/** `dueAt` is stored as `due_at`; a primary key is named as Postgres itself would: `tasks_pkey`. */
export class SnakeNamingStrategy extends DefaultNamingStrategy implements NamingStrategyInterface {
  override columnName(propertyName: string, customName: string | undefined): string {
    return customName ?? propertyName.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  }

  override primaryKeyName(table: Table | string): string {
    return `${typeof table === 'string' ? table : table.name}_pkey`.replace(/^.*\./, '');
  }
}
