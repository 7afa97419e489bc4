import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../project.js';
import { registered } from '../db/migration-file.js';
import { applyChanges, describeChanges, planChanges, readIfThere } from './changes.js';
import { readCommand, run } from './command.js';
import { defaultFields, parseFields } from './fields.js';
import {
  appModule,
  formatted,
  migrationIndex,
  migrationOf,
  moduleFiles,
  newestTimestamp,
  pageFiles,
  webSections,
} from './module-files.js';
import { parseName } from './names.js';
import { recordOf, recordPath } from './record.js';
import { withModule, withSection } from './registration.js';
import { migrationName } from './templates/migration.js';
import { checkFieldNames, checkNotTaken, checkPagesNotTaken } from './taken-names.js';

/** `npm run generate -- NAME [--fields "title:string …"] [--web] [--dry-run]`: a new module, complete; with pages in the web app. */
await run(async (signal) => {
  const {
    name,
    fields: text,
    web,
    'dry-run': dryRun,
  } = readCommand({
    fields: { type: 'string', default: defaultFields },
    web: { type: 'boolean', default: false },
    'dry-run': { type: 'boolean', default: false },
  });
  const names = parseName(name);
  const fields = parseFields(text);
  checkNotTaken(root, names);
  checkFieldNames(names, fields);
  if (web) checkPagesNotTaken(root, names);

  const read = (path: string) => readFileSync(join(root, path), 'utf8');
  const timestamp = Math.max(Date.now(), newestTimestamp(read(migrationIndex)) + 1);
  const files = new Map([
    ...(await moduleFiles(names, fields)),
    ...(await migrationOf(names, fields, timestamp)),
    ...(web ? await pageFiles(names, fields) : []),
  ]);
  const registrations = await formatted([
    [migrationIndex, registered(read(migrationIndex), migrationName(names), timestamp)],
    [appModule, withModule(read(appModule), names)],
    ...(web ? [[webSections, withSection(read(webSections), names)] as [string, string]] : []),
  ]);
  const changes = await planChanges(new Map([...files, ...registrations]), signal);
  signal.throwIfAborted();
  if (dryRun) {
    console.log(`This would\n${describeChanges(changes)}`);
    return;
  }
  const record = recordOf(names, timestamp, files);
  applyChanges([
    ...changes,
    { path: recordPath(names), before: readIfThere(root, recordPath(names)), after: record },
  ]);
  console.log(
    `${describeChanges(changes)}\n\nThe module is there: npm test proves it, npm start (or db:migrate) makes its table,\n` +
      `/api/${names.plural} are its routes. To take it out again: npm run generate:undo -- ${names.plural}`,
  );
});
