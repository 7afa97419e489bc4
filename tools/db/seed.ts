import { run, withDatabases } from './command.js';
import { migrate } from './databases.js';
import { seedDemo } from './demo.js';

/** `npm run db:seed`: a demo user with thirty tasks. */
await run(() =>
  withDatabases(async (env) => {
    await migrate(env);
    const user = await seedDemo(env, { ifEmpty: false });
    console.log(`Sign in as ${user?.email}, password ${user?.password}`);
  }),
);
