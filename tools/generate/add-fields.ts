import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../project.js';
import { parseAddedFields, planField } from './added-field.js';
import { parseCommand, run } from './command-line.js';
import { applyChanges, describeChanges, diffOf, planChanges, readIfExists } from './file-changes.js';
import { type FieldManifest, fieldManifestPath } from './manifest.js';
import { features } from './module-files.js';
import { parseName } from './names.js';

/** `npm run generate:field -- NAME "FIELD…" [--dry-run]`: adds fields to a module that exists. */
await run(async (signal) => {
  const { 'dry-run': isDryRun, ...options } = parseCommand(
    { 'dry-run': { type: 'boolean', default: false } },
    true,
  );
  const names = parseName(options.name);
  if (!existsSync(join(root, features, names.plural))) {
    throw new Error(`The module ${features}/${names.plural} does not exist. Check the name.`);
  }
  if (options.fieldArguments.length === 0) {
    throw new Error(
      `Specify at least one field: npm run generate:field -- ${names.plural} "priority:integer(1..5)=3"`,
    );
  }
  const added: FieldManifest[] = [];
  const edits = new Map<string, string>();
  const read = (path: string) => edits.get(path) ?? readIfExists(root, path);
  for (const field of parseAddedFields(names, options.fieldArguments.join(' '))) {
    const plan = await planField(names, field, read);
    added.push(plan);
    plan.changes.forEach(({ path, after }) => edits.set(path, after!));
  }
  const changes = await planChanges(edits, signal);
  signal.throwIfAborted();
  if (isDryRun) {
    const written = changes.filter(({ path }) => edits.has(path));
    console.log(`${diffOf(written)}\nWithout --dry-run, this would:\n${describeChanges(changes)}`);
    return;
  }
  applyChanges([
    ...changes,
    ...added.map((plan) => {
      const path = fieldManifestPath(names, plan.field.name);
      return { path, before: readIfExists(root, path), after: `${JSON.stringify(plan, null, 2)}\n` };
    }),
  ]);
  const list = added.map(({ field }) => `${names.plural}.${field.name}`);
  console.log(
    `${describeChanges(changes)}\n\nAdded ${list.join(', ')}.\n` +
      'Run npm test to verify it. npm start runs its migrations, also if it already runs; so does npm run db:migrate.\n' +
      `To remove it: ${list
        .toReversed()
        .map((name) => `npm run generate:undo -- ${name}`)
        .join(' && ')}`,
  );
});
