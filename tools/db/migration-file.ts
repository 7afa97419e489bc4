import type { SchemaChanges } from './schema-changes.js';

const verbs =
  /^(add|allow|alter|change|convert|create|delete|drop|fill|fix|forbid|index|make|merge|move|remove|rename|replace|require|set|split|unset)-/;

/**
 * @throws Error where the name does not say what the migration does.
 */
export function checkName(name: string | undefined): string {
  if (name && /^[a-z][a-z0-9]*(-[a-z0-9]+)+$/.test(name) && verbs.test(name)) {
    return name;
  }
  throw new Error(
    'Name the migration by what it does, a verb first: npm run db:generate -- add-priority-to-tasks',
  );
}

export function className(name: string, timestamp: number): string {
  const words = name.split('-').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `${words.join('')}${timestamp}`;
}

export function migrationSource(name: string, timestamp: number, { up, down }: SchemaChanges): string {
  return `import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ${className(name, timestamp)} implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
${statements(up)}
  }

  async down(queryRunner: QueryRunner): Promise<void> {
${statements(down)}
  }
}
`;
}

/** Adds a migration to the end of the history. */
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
  return queries.map((sql) => `    await queryRunner.query(\`${escaped(readable(sql))}\`);`).join('\n');
}

function escaped(sql: string): string {
  return sql.replace(/[\\`]|\$\{/g, String.raw`\$&`);
}

/** A new table with a line for each of its columns and constraints. */
function readable(sql: string): string {
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
