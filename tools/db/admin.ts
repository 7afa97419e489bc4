import { runProgram } from '../run-program.js';
import { run, withDatabases } from './command.js';

/** `npm run auth:admin -- COMMAND EMAIL`: lists users, or does what an administrator can do. */
await run(() =>
  withDatabases(async (env) => {
    process.stdout.write(await runProgram('apps/auth/src/admin.ts', { args: process.argv.slice(2), env }));
  }),
);
