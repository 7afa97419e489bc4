import { run, withDatabases } from './command.js';
import { migrate } from './databases.js';
import { seedDemo } from './demo.js';

/** `npm run db:seed [-- --if-empty]`: a demo user with thirty tasks; only into a database that has no user yet. */
await run(() =>
  withDatabases(async (env) => {
    await migrate(env);
    const user = await seedDemo(env, { ifEmpty: process.argv.includes('--if-empty') });
    console.log(
      user
        ? `Sign in as ${user.email}, password ${user.password}`
        : 'Nothing was seeded: the database already has users.',
    );
  }),
);
