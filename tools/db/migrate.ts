import { run, withDatabases } from './command.js';
import { migrate } from './databases.js';

/** `npm run db:migrate`: runs the migrations of both schemas. */
await run(() =>
  withDatabases(async (env) => {
    console.log(await migrate(env));
  }),
);
