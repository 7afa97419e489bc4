import { run } from './command.js';
import { findSchemaChanges } from './schema-changes.js';

/** `npm run check:schema`: fails where the api's entities and migrations disagree. */
await run(async () => {
  const { up } = await findSchemaChanges();
  if (up.length === 0) {
    return;
  }
  throw new Error(
    `The api's entities ask for what no migration makes:\n${up.map((sql) => `  ${sql}`).join('\n')}\n` +
      'Write a migration with: npm run db:generate -- add-what-is-missing',
  );
});
