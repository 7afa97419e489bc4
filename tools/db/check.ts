import { run } from './command.js';
import { findSchemaChanges } from './schema-changes.js';

/** `npm run check:schema`: fails if the entities of the api and its migrations differ. */
await run(async () => {
  const { up } = await findSchemaChanges();
  if (up.length === 0) {
    return;
  }
  throw new Error(
    `The entities of the api differ from its migrations:\n${up.map((sql) => `  ${sql}`).join('\n')}\n` +
      'Generate a migration: npm run db:generate -- NAME',
  );
});
