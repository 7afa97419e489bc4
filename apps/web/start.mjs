/** Starts the web app on WEB_PORT: the production build, or the development server if NODE_ENV is `development`. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { readEnvironment } from './environment.mjs';

const development = process.env.NODE_ENV === 'development';
Object.assign(process.env, {
  NODE_ENV: development ? 'development' : 'production',
  NEXT_TELEMETRY_DISABLED: '1',
});
if (development && existsSync('.env')) {
  process.loadEnvFile('.env');
}

const environment = loadEnvironment();
if (!development && !existsSync(join(import.meta.dirname, '.next/BUILD_ID'))) {
  console.error('The web app is not built. Run `npm run build` first.');
  process.exit(1);
}

exitWithZeroOnSignal();
process.argv.splice(2, Infinity, development ? 'dev' : 'start', import.meta.dirname);
process.argv.push('--port', String(environment.WEB_PORT));
createRequire(import.meta.url)('next/dist/bin/next');

function loadEnvironment() {
  try {
    return readEnvironment(process.env);
  } catch (error) {
    console.error(/** @type {Error} */ (error).message);
    process.exit(1);
  }
}

/** Next exits with 143 after SIGTERM, which supervisors report as a failure. */
function exitWithZeroOnSignal() {
  for (const signal of ['SIGTERM', 'SIGINT']) {
    process.once(signal, () => process.on('exit', () => (process.exitCode = 0)));
  }
}
