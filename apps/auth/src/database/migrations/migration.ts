/** A step that runs once. It is never changed after it has run somewhere. */
export interface Migration {
  name: string;
  /** Any number of statements. */
  sql: string;
}
