import { runProgram } from '../program.js';
import { run, withDatabases } from './command.js';

/** `npm run auth:rotate-keys [-- --revoke | --secret-changed]`: the auth server's next token is signed with a new key. */
await run(() =>
  withDatabases(async (env) => {
    process.stdout.write(
      await runProgram('apps/auth/src/rotate-keys.ts', { args: process.argv.slice(2), env }),
    );
  }),
);
