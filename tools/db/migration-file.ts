import type { SchemaChanges } from './schema-changes.js';

const verbs =
  /^(add|allow|alter|change|convert|create|delete|drop|fill|fix|forbid|index|make|merge|move|remove|rename|replace|require|set|split|unset)-/;

/**
 * Checks that a name begins with a verb.
 *
 * @throws Error if it does not.
 */
export function assertMigrationName(name: string | undefined): string {
  if (name && /^[a-z][a-z0-9]*(-[a-z0-9]+)+$/.test(name) && verbs.test(name)) {
    return name;
  }
  throw new Error(
    'Give the migration a name that begins with a verb: npm run db:generate -- add-priority-to-tasks',
  );
}

export function className(name: string, timestamp: number): string {
  const words = name.split('-').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `${words.join('')}${timestamp}`;
}

/** @param transaction false for statements that PostgreSQL rejects in a transaction */
export function migrationSource(
  name: string,
  timestamp: number,
  { up, down }: SchemaChanges,
  transaction = true,
): string {
  return `import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ${className(name, timestamp)} implements MigrationInterface {
${transaction ? '' : '  readonly transaction = false;\n\n'}  async up(queryRunner: QueryRunner): Promise<void> {
${statements(up)}
  }

  async down(${down.length > 0 ? 'queryRunner: QueryRunner' : ''}): Promise<void> {
${statements(down)}
  }
}
`;
}

/** Returns the source of migrations/index.ts with a migration added at the end. */
export function registered(index: string, name: string, timestamp: number): string {
  const type = className(name, timestamp);
  return index
    .replace(/\n*$/, '\n')
    .replace(/((?:^import .*\n)+)/m, `$1import { ${type} } from './${timestamp}-${name}.js';\n`)
    .replace(
      /(migrations = \[)([^\]]*?),?\s*\]/,
      (_, start: string, known: string) => `${start}${known}, ${type}]`,
    );
}

function statements(queries: string[]): string {
  return queries.map((sql) => `    await queryRunner.query(\`${escape(multiline(sql))}\`);`).join('\n');
}

function escape(sql: string): string {
  return sql.replace(/[\\`]|\$\{/g, String.raw`\$&`);
}

/** Puts each column and constraint of a CREATE TABLE on a line of its own. */
function multiline(sql: string): string {
  const [, head, body] = /^(CREATE TABLE \S+) \((.*)\)$/s.exec(sql) ?? [];
  if (!head || !body) {
    return sql;
  }
  const members = topLevelMembers(body).map((member) => `        ${member}`);
  return `\n      ${head} (\n${members.join(',\n')}\n      )\n    `;
}

function topLevelMembers(text: string): string[] {
  const members = [''];
  let depth = 0;
  let quoted = false;
  for (const character of text) {
    if (character === "'") {
      quoted = !quoted;
    }
    if (!quoted && character === '(') {
      depth += 1;
    }
    if (!quoted && character === ')') {
      depth -= 1;
    }
    if (character === ',' && depth === 0 && !quoted) {
      members.push('');
    } else {
      members[members.length - 1] += character;
    }
  }
  return members.map((member) => member.trim());
}
