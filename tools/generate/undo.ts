import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { className } from '../db/migration-file.js';
import { root } from '../project.js';
import { applyChanges, describeChanges, type Edits, planChanges, readIfThere } from './changes.js';
import { readCommand, run } from './command.js';
import {
  appModule,
  features,
  formatted,
  migrationIndex,
  migrations,
  newestTimestamp,
  webSections,
} from './module-files.js';
import { parseName } from './names.js';
import { filesIn, firstEdited, type GeneratedModule, readRecord, recordPath } from './record.js';
import { withoutMigration, withoutModule, withoutSection } from './registration.js';
import { revertInDevelopment } from './revert.js';
import { migrationName } from './templates/migration.js';

/**
 * `npm run generate:undo -- NAME [--yes] [--force]`: takes a generated module out again, and its table out of the
 * development database. `--yes` does not ask for the rows of that table, `--force` does not mind edits.
 */
await run(async (signal) => {
  const { name, yes, force } = readCommand({
    yes: { type: 'boolean', default: false },
    force: { type: 'boolean', default: false },
  });
  const folder = `${features}/${parseName(name).plural}`;
  if (!existsSync(join(root, folder))) throw new Error(`There is no module in ${folder}.`);
  const generated = findModule(name as string, folder, force);
  const migration = migrationName(generated.names);
  const read = (path: string) => readFileSync(join(root, path), 'utf8');
  if (newestTimestamp(read(migrationIndex)) !== generated.timestamp) {
    throw new Error(`Migrations were added after ${migration}: write one that drops the table instead.`);
  }

  const pages = Object.keys(generated.files).filter((path) => path.startsWith('apps/web/'));
  const edits: Edits = new Map([
    ...pages.map((path): [string, undefined] => [path, undefined]),
    ...filesIn(folder).map((path): [string, undefined] => [path, undefined]),
    [`${migrations}/${generated.timestamp}-${migration}.ts`, undefined],
    ...(await formatted([
      [migrationIndex, withoutMigration(read(migrationIndex), migration, generated.timestamp)],
      [appModule, withoutModule(read(appModule), generated.names)],
      ...(pages.length > 0
        ? [[webSections, withoutSection(read(webSections), generated.names)] as [string, string]]
        : []),
    ])),
  ]);
  const changes = await planChanges(edits, signal);
  signal.throwIfAborted();
  await revertInDevelopment(generated.names.table, className(migration, generated.timestamp), { yes, force });
  const record = recordPath(generated.names);
  applyChanges([...changes, { path: record, before: readIfThere(root, record), after: undefined }]);
  console.log(describeChanges(changes));
});

/** @throws Error where the module is not as it was generated, unless forced. */
function findModule(name: string, folder: string, force: boolean): GeneratedModule {
  const record = readRecord(parseName(name).plural);
  const edited = record ? firstEdited(record, folder) : undefined;
  if (record && (!edited || force)) return record;
  if (edited)
    throw new Error(`${edited} was edited since it was generated: --force takes it out all the same.`);
  if (!force)
    throw new Error(`${folder} was not generated in this clone: --force takes it out all the same.`);
  const names = parseName(name);
  const history = readFileSync(join(root, migrationIndex), 'utf8');
  const timestamp = new RegExp(`'\\./(\\d+)-${migrationName(names)}\\.js'`).exec(history)?.[1];
  if (!timestamp)
    throw new Error(
      `There is no migration ${migrationName(names)}, so this is no module that was generated.`,
    );
  return { names, timestamp: Number(timestamp), files: {} };
}
