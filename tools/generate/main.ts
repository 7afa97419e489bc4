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
} from './module-files.js';
import { parseName } from './names.js';
import { recordOf, recordPath } from './record.js';
import { withModule } from './registration.js';
import { migrationName } from './templates/migration.js';
import { checkFieldNames, checkNotTaken } from './taken-names.js';

/** `npm run generate -- NAME [--fields "title:string …"] [--dry-run]`: a new module of the api, complete. */
await run(async (signal) => {
  const {
    name,
    fields: text,
    'dry-run': dryRun,
  } = readCommand({
    fields: { type: 'string', default: defaultFields },
    'dry-run': { type: 'boolean', default: false },
  });
  const names = parseName(name);
  const fields = parseFields(text);
  checkNotTaken(root, names);
  checkFieldNames(names, fields);

  const read = (path: string) => readFileSync(join(root, path), 'utf8');
  const timestamp = Math.max(Date.now(), newestTimestamp(read(migrationIndex)) + 1);
  const files = new Map([
    ...(await moduleFiles(names, fields)),
    ...(await migrationOf(names, fields, timestamp)),
  ]);
  const registrations = await formatted([
    [migrationIndex, registered(read(migrationIndex), migrationName(names), timestamp)],
    [appModule, withModule(read(appModule), names)],
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
