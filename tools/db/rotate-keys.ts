import { runProgram } from '../run-program.js';
import { run, withDatabases } from './command.js';

/** `npm run auth:rotate-keys [-- --revoke | --secret-changed]`: makes the auth server sign the next token with a new key. */
await run(() =>
  withDatabases(async (env) => {
    process.stdout.write(
      await runProgram('apps/auth/src/rotate-keys.ts', { args: process.argv.slice(2), env }),
    );
  }),
);
