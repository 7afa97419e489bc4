/**
 * Starts the web app on WEB_PORT: the built one, or, where NODE_ENV is `development`, the one that reloads on change.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { readEnvironment } from './environment.mjs';

const development = process.env.NODE_ENV === 'development';
Object.assign(process.env, {
  NODE_ENV: development ? 'development' : 'production',
  NEXT_TELEMETRY_DISABLED: '1',
});
if (development && existsSync('.env')) process.loadEnvFile('.env');

const environment = checkedEnvironment();
if (!development && !existsSync(join(import.meta.dirname, '.next/BUILD_ID'))) {
  console.error('There is no built web app here: run `npm run build` first.');
  process.exit(1);
}

endWithZeroWhenAsked();
process.argv.splice(2, Infinity, development ? 'dev' : 'start', import.meta.dirname);
process.argv.push('--port', String(environment.WEB_PORT));
createRequire(import.meta.url)('next/dist/bin/next');

function checkedEnvironment() {
  try {
    return readEnvironment(process.env);
  } catch (error) {
    console.error(/** @type {Error} */ (error).message);
    process.exit(1);
  }
}

/** Next ends with 143 after an orderly stop by SIGTERM, which supervisors count as a failure. */
function endWithZeroWhenAsked() {
  for (const signal of ['SIGTERM', 'SIGINT']) {
    process.once(signal, () => process.on('exit', () => (process.exitCode = 0)));
  }
}
