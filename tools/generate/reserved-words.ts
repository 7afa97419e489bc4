/** Reserved words in strict mode (ECMAScript 2025, section 12.7.2) and names that an ES module can't declare. */
const typescript = new Set(
  (
    'arguments await break case catch class const continue debugger default delete do else enum eval export extends ' +
    'false finally for function if implements import in instanceof interface let new null package private protected ' +
    'public return static super switch this throw true try typeof undefined var void while with yield'
  ).split(' '),
);

/** The keywords that PostgreSQL 15 to 18 accept as names only in quotes: categories R and T of `pg_get_keywords()`. */
const postgres = new Set(
  (
    'all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation ' +
    'column concurrently constraint create cross current_catalog current_date current_role current_schema ' +
    'current_time current_timestamp current_user default deferrable desc distinct do else end except false fetch for ' +
    'foreign freeze from full grant group having ilike in initially inner intersect into is isnull join lateral ' +
    'leading left like limit localtime localtimestamp natural not notnull null offset on only or order outer overlaps ' +
    'placing primary references returning right select session_user similar some symmetric system_user table ' +
    'tablesample then to trailing true union unique user using variadic verbose when where window with'
  ).split(' '),
);

/** Whether a variable can't have this name. */
export function isReservedInTypeScript(name: string): boolean {
  return typescript.has(name);
}

/** Returns the name for use in SQL, in quotes if it is a keyword. */
export function sqlName(name: string): string {
  return postgres.has(name) ? `"${name}"` : name;
}

export const postgresKeywords: ReadonlySet<string> = postgres;
