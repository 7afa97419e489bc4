import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { root } from '../project.js';
import { run } from './command.js';
import { checkName, migrationSource, registered } from './migration-file.js';
import { findSchemaChanges } from './schema-changes.js';

const directory = join(root, 'apps/api/src/database/migrations');

/** `npm run db:generate -- NAME`: writes a migration from the entities of the api. */
await run(async () => {
  const name = checkName(process.argv[2]);
  const changes = await findSchemaChanges();
  if (changes.up.length === 0) {
    throw new Error('Nothing to generate: the entities match the migrations.');
  }
  const timestamp = Date.now();
  const index = join(directory, 'index.ts');
  await write(join(directory, `${timestamp}-${name}.ts`), migrationSource(name, timestamp, changes));
  await write(index, registered(readFileSync(index, 'utf8'), name, timestamp));
  console.log(
    `Created apps/api/src/database/migrations/${timestamp}-${name}.ts. Review it, then run: npm run db:migrate`,
  );
});

async function write(path: string, source: string): Promise<void> {
  writeFileSync(path, await format(source, { ...(await resolveConfig(path)), filepath: path }));
}
