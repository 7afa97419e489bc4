import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { className } from '../db/migration-file.js';
import { root } from '../project.js';
import { parseCommand, run } from './command-line.js';
import {
  applyChanges,
  describeChanges,
  type Edits,
  planChanges,
  readIfExists,
  revertChange,
} from './file-changes.js';
import { filesIn, findEditedFile, type Manifest, manifestPath, readManifest } from './manifest.js';
import {
  appModule,
  features,
  formatted,
  migrationIndex,
  migrationName,
  migrations,
  navItems,
  newestTimestamp,
} from './module-files.js';
import { parseName } from './names.js';
import { assertNoReferenceTo } from './references.js';
import { removeMigration, removeModule, removeNavItem } from './registration.js';
import { sqlName } from './reserved-words.js';
import { assertNotPushed, revertMigrations } from './revert-migration.js';
import { undoField } from './undo-field.js';

/**
 * `npm run generate:undo -- NAME [--yes] [--force]`: removes a generated module and drops its table in the development
 * database. `NAME.FIELD` removes a field that `generate:field` added. `--yes` deletes values without asking. `--force`
 * also removes edited files.
 */
await run(async (signal) => {
  const options = parseCommand({
    yes: { type: 'boolean', default: false },
    force: { type: 'boolean', default: false },
  });
  const [module, field] = options.name?.split('.') ?? [];
  const { plural } = parseName(module);
  const folder = `${features}/${plural}`;
  if (!existsSync(join(root, folder))) {
    throw new Error(`The module ${folder} does not exist. Check the name.`);
  }
  if (field !== undefined) {
    return undoField(plural, field, options, signal);
  }
  const manifest = findModule(plural, folder, options.force);
  const { names, timestamp, files, parentPage } = manifest;
  assertNoReferenceTo(names);
  const migration = migrationName(names);
  const read = (path: string) => readFileSync(join(root, path), 'utf8');
  if (newestTimestamp(read(migrationIndex)) !== timestamp) {
    throw new Error(
      `Migrations were added after ${migration}. If generate:field added them, undo those fields first: ` +
        `npm run generate:undo -- ${plural}.FIELD. If not, write a migration that drops the table.`,
    );
  }
  // After the check of the migrations: an added field is an edit, too.
  const edited = findEditedFile(manifest, folder);
  if (edited && !options.force) {
    throw new Error(`${edited} was edited after it was generated. Use --force to remove the module anyway.`);
  }

  const webFiles = Object.keys(files).filter((path) => path.startsWith('apps/web/'));
  const migrationFile = `${migrations}/${timestamp}-${migration}.ts`;
  assertNotPushed(migrationFile, options.force);
  const removed = [...webFiles, ...filesIn(folder), migrationFile];
  const edits: Edits = new Map([
    ...removed.map((path): [string, undefined] => [path, undefined]),
    ...(parentPage ? [[parentPage.path, revertChange(plural, parentPage)] as const] : []),
    ...(await formatted([
      [migrationIndex, removeMigration(read(migrationIndex), migration, timestamp)],
      [appModule, removeModule(read(appModule), names)],
      ...(webFiles.length > 0 ? [[navItems, removeNavItem(read(navItems), names)] as [string, string]] : []),
    ])),
  ]);
  const changes = await planChanges(edits, signal);
  signal.throwIfAborted();
  const rows = { of: sqlName(names.table), question: `The table ${names.table} has {} rows. Drop it?` };
  await revertMigrations([className(migration, timestamp)], rows, options);
  const path = manifestPath(names);
  applyChanges([...changes, { path, before: readIfExists(root, path), after: undefined }]);
  console.log(`${describeChanges(changes)}\n\nRemoved ${names.plural}.`);
});

/** @throws Error if the module was not generated in this clone, unless forced. */
function findModule(plural: string, folder: string, force: boolean): Manifest {
  const manifest = readManifest(plural);
  if (manifest) {
    return manifest;
  }
  if (!force) {
    throw new Error(`${folder} was not generated in this clone. Use --force to remove it anyway.`);
  }
  const names = parseName(plural);
  const index = readFileSync(join(root, migrationIndex), 'utf8');
  const timestamp = new RegExp(`'\\./(\\d+)-${migrationName(names)}\\.js'`).exec(index)?.[1];
  if (!timestamp) {
    throw new Error(`${folder} has no migration ${migrationName(names)}. Remove the folder yourself.`);
  }
  return { names, timestamp: Number(timestamp), files: {} };
}
