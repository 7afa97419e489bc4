/** A schema change that runs once per database. Don't change it after it has run anywhere: add another one. */
export interface Migration {
  name: string;
  /** One or more statements. */
  sql: string;
}
