/** Starts the web app on WEB_PORT: the production build, or the development server if NODE_ENV is `development`. */
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { readEnvironment } from './environment.mjs';
import { createWebServer, listen } from './server/web-server.mjs';

const shutdownTimeoutMs = 9_000;

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
  fail('The web app is not built. Run `npm run build` first.');
}

/** @type {import('node:net').Server[]} */
let listeners = [];
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, () => void shutDown());
}
const server = createWebServer({ ...environment, development }, (request, response) =>
  app.getRequestHandler()(request, response),
);
// Next reads NODE_ENV while it loads.
const { default: next } = await import('next');
const app = next({
  dev: development,
  dir: import.meta.dirname,
  port: environment.WEB_PORT,
  // Next serves its development files to this host and localhost.
  ...(development && { hostname: new URL(environment.BETTER_AUTH_URL).hostname }),
  // In development, Next connects to the browser over a WebSocket. In production, it would close connections with an
  // Upgrade header, which Node ignores if the server has no listener.
  httpServer: development ? server : createServer(),
});
await app.prepare();
try {
  listeners = await listen(server, { ...environment, development });
} catch (error) {
  const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
  fail(
    code === 'EADDRINUSE'
      ? `Port ${environment.WEB_PORT} is in use. Stop the process that uses it, or choose another port.`
      : `The web app can't listen on port ${environment.WEB_PORT}: ${message}`,
  );
}
console.log(`The web app listens on port ${environment.WEB_PORT}.`);

function loadEnvironment() {
  try {
    return readEnvironment(process.env);
  } catch (error) {
    return fail(/** @type {Error} */ (error).message);
  }
}

/** Completes the requests in flight, then exits with 0, after the timeout at the latest. */
async function shutDown() {
  if (listeners.length === 0) {
    process.exit(0);
  }
  setTimeout(() => process.exit(0), shutdownTimeoutMs).unref();
  const closed = listeners.map((listener) => new Promise((resolve) => listener.close(resolve)));
  if (development) {
    server.closeAllConnections();
  }
  // A connection becomes idle when its response is complete.
  setInterval(() => server.closeIdleConnections(), 50);
  await Promise.all(closed);
  await app.close();
  process.exit(0);
}

/**
 * @param {string} message
 * @returns {never}
 */
function fail(message) {
  console.error(message);
  process.exit(1);
}
