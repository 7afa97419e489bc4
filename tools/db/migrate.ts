import { run, withDatabases } from './command.js';
import { migrate } from './databases.js';

/** `npm run db:migrate`: brings both schemas up to date. */
await run(() =>
  withDatabases(async (env) => {
    console.log(await migrate(env));
  }),
);
