import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { root } from '../project.js';
import { run } from './command.js';
import { assertMigrationName, migrationSource, registered } from './migration-file.js';
import { migrationSteps, reviewNotes } from './migration-steps.js';
import { findSchemaChanges } from './schema-changes.js';

const directory = join(root, 'apps/api/src/database/migrations');

/** `npm run db:generate -- NAME`: writes a migration from the entities of the api. */
await run(async () => {
  const name = assertMigrationName(process.argv[2]);
  const changes = await findSchemaChanges();
  if (changes.up.length === 0) {
    throw new Error('Nothing to generate: the entities match the migrations.');
  }
  const steps = migrationSteps(changes);
  const index = join(directory, 'index.ts');
  const start = Date.now();
  const files: string[] = [];
  for (const [position, { suffix, ...step }] of steps.entries()) {
    const timestamp = start + position;
    const file = `${timestamp}-${name}${suffix}`;
    const source = migrationSource(name + suffix, timestamp, step, suffix !== '-concurrently');
    await write(join(directory, `${file}.ts`), source);
    await write(index, registered(readFileSync(index, 'utf8'), name + suffix, timestamp));
    files.push(`apps/api/src/database/migrations/${file}.ts`);
  }
  console.log(`Created ${files.join(', ')}. Review it, then run: npm run db:migrate`);
  for (const note of reviewNotes(changes.up)) {
    console.log(`Check docs/migrations.md first: ${note}`);
  }
});

async function write(path: string, source: string): Promise<void> {
  writeFileSync(path, await format(source, { ...(await resolveConfig(path)), filepath: path }));
}
