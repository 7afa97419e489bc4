/** ECMAScript 2025, section 12.7.2, in strict mode, and what cannot be declared in an ES module. */
const typescript = new Set(
  (
    'arguments await break case catch class const continue debugger default delete do else enum eval export extends ' +
    'false finally for function if implements import in instanceof interface let new null package private protected ' +
    'public return static super switch this throw true try typeof undefined var void while with yield'
  ).split(' '),
);

/** The key words that PostgreSQL 15 to 18 take for a name in quotes alone: `pg_get_keywords()`, R and T. */
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

/** Whether a variable cannot have this name. */
export function breaksTypeScript(name: string): boolean {
  return typescript.has(name);
}

/** A name as SQL takes it: in quotes where it is a key word. */
export function sqlName(name: string): string {
  return postgres.has(name) ? `"${name}"` : name;
}

export const postgresKeyWords: ReadonlySet<string> = postgres;
