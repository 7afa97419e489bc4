import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { registered } from '../db/migration-file.js';
import { root } from '../project.js';
import { readSettings } from '../settings.js';
import { parseCommand, run } from './command-line.js';
import { defaultFields, type Field, nestedPath, parseFields } from './fields/fields.js';
import { applyChanges, describeChanges, planChanges, readIfExists } from './file-changes.js';
import { createManifest, manifestPath } from './manifest.js';
import {
  appModule,
  formatted,
  migrationIndex,
  migrationName,
  moduleFiles,
  navItems,
  newestTimestamp,
} from './module-files.js';
import {
  assertNoApiConflict,
  assertNoFieldConflict,
  assertNoJoinTableConflict,
  assertNoWebConflict,
} from './name-conflicts.js';
import { type Names, parseName } from './names.js';
import { planParentPage } from './parent-page.js';
import { resolveReferences } from './references.js';
import { addModule, addNavItem } from './registration.js';

/** `npm run generate -- NAME [--fields "title:string …"] [--nested] [--web] [--dry-run]`: generates a module. */
await run(async (signal) => {
  const options = parseCommand({
    fields: { type: 'string', default: defaultFields },
    nested: { type: 'boolean', default: false },
    web: { type: 'boolean', default: false },
    'dry-run': { type: 'boolean', default: false },
  });
  const names = parseName(options.name);
  assertNoApiConflict(root, names);
  const fields = resolveReferences(names, parseFields(options.fields), options.nested);
  assertNoFieldConflict(names, fields);
  assertNoJoinTableConflict(root, names, fields);
  if (options.web) {
    assertNoWebConflict(root, names, fields);
  }

  const read = (path: string) => readFileSync(join(root, path), 'utf8');
  const timestamp = Math.max(Date.now(), newestTimestamp(read(migrationIndex)) + 1);
  const files = new Map([
    ...(await moduleFiles('api', names, fields, timestamp)),
    ...(options.web ? await moduleFiles('web', names, fields, timestamp) : []),
  ]);
  const parent = fields.find(({ reference }) => reference?.isParent);
  const parentPage = options.web && parent ? await planParentPage(names, parent) : undefined;
  const registrations = await formatted([
    [migrationIndex, registered(read(migrationIndex), migrationName(names), timestamp)],
    [appModule, addModule(read(appModule), names)],
    ...(options.web && !parent ? [[navItems, addNavItem(read(navItems), names)] as [string, string]] : []),
    ...(parentPage ? [[parentPage.path, parentPage.after] as [string, string]] : []),
  ]);
  const changes = await planChanges(new Map([...files, ...registrations]), signal);
  signal.throwIfAborted();
  if (options['dry-run']) {
    console.log(`Without --dry-run, this would:\n${describeChanges(changes)}`);
    return;
  }
  const manifest = manifestPath(names);
  applyChanges([
    ...changes,
    {
      path: manifest,
      before: readIfExists(root, manifest),
      after: createManifest(names, timestamp, files, parentPage),
    },
  ]);
  const routes = parent
    ? `${nestedPath(names, parent)} and /api/${names.plural}/{id}`
    : `/api/${names.plural}`;
  console.log(
    `${describeChanges(changes)}\n\nCreated ${names.plural} with the routes ${routes}.\n` +
      'Run npm test to verify it. npm start creates its table, also if it already runs; so does npm run db:migrate.\n' +
      (options.web ? `${describePages(names, parent)}\n` : '') +
      `To remove it: npm run generate:undo -- ${names.plural}`,
  );
});

function describePages({ plural, things }: Names, parent: Field | undefined): string {
  return parent
    ? `In the web app, the page of each ${parent.reference!.names.thing} shows its ${things}.`
    : `Its pages: http://localhost:${readSettings().WEB_PORT ?? '3000'}/${plural}`;
}
