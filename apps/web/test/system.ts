import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startThrowawayPostgres } from '../../../tools/postgres/embedded-postgres.js';
import { root } from '../../../tools/project.js';
import { type Environment, Process, runToEnd } from './process.js';

interface TestEmail {
  text: string;
  html: string;
  link: string;
}

/** The built servers on free ports, with their own PostgreSQL. */
export interface System {
  webUrl: string;
  apiUrl: string;
  authUrl: string;
  databaseUrl: string;
  api: Process;
  auth: Process;
  web: Process;
  /** The environment of the web app, to start a second one. */
  webEnvironment: Environment;
  /** Waits for the newest email to an address whose text matches. Returns it with its link. */
  mailTo(address: string, pattern: RegExp): Promise<TestEmail>;
  /** Creates a new signing key and revokes the old ones. */
  revokeKeys(): Promise<void>;
  stop(): Promise<void>;
}

const mailTimeoutMs = 10_000;

const programs = {
  api: join(root, 'dist/apps/api/src/main.js'),
  auth: join(root, 'dist/apps/auth/src/main.js'),
  web: join(root, 'apps/web/start.mjs'),
};

/** @throws if the servers are not built */
export function checkBuild(): void {
  const built = [programs.api, programs.auth, join(root, 'apps/web/.next/BUILD_ID')];
  if (built.every((file) => existsSync(file))) {
    return;
  }
  throw new Error('The browser tests need the built servers. Run `npm run build` first.');
}

export async function startSystem(): Promise<System> {
  const postgres = await startThrowawayPostgres();
  // The auth server writes emails to a folder in its working directory, which must not be the developer's.
  const folder = await mkdtemp(join(tmpdir(), 'browser-test-'));
  const [webUrl, apiUrl, authUrl] = await freeOrigins(3);
  const shared = {
    WEB_PORT: portOf(webUrl),
    API_PORT: portOf(apiUrl),
    AUTH_PORT: portOf(authUrl),
    BETTER_AUTH_URL: webUrl,
    API_URL: apiUrl,
    AUTH_URL: authUrl,
    DATABASE_URL: postgres.url,
    BETTER_AUTH_SECRET: 'only for tests, only for tests, only for tests',
    LOG_LEVEL: 'warn',
    RATE_LIMIT_PER_MINUTE: '0',
  };
  const production = { ...shared, NODE_ENV: 'production' };
  // The auth server writes emails to files in development only.
  const development = { ...shared, NODE_ENV: 'development' };
  const tools = { ...process.env, ...production };

  const api = new Process({
    program: programs.api,
    cwd: folder,
    env: production,
    readyUrl: `${apiUrl}/health/ready`,
  });
  const auth = new Process({
    program: programs.auth,
    cwd: folder,
    env: development,
    readyUrl: `${authUrl}/health/ready`,
  });
  const web = new Process({
    program: programs.web,
    cwd: root,
    env: production,
    readyUrl: `${webUrl}/health/ready`,
  });

  async function stop() {
    await Promise.all([web.stop(), api.stop(), auth.stop()]);
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }

  try {
    for (const app of ['api', 'auth']) {
      await runToEnd(join(root, `dist/apps/${app}/src/migrate.js`), tools);
    }
    await Promise.all([api.start(), auth.start(), web.start()]);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    webUrl,
    apiUrl,
    authUrl,
    databaseUrl: postgres.url,
    api,
    auth,
    web,
    webEnvironment: production,
    mailTo: (address, pattern) => mailIn(join(folder, '.data/outbox'), address, pattern),
    revokeKeys: async () => {
      await runToEnd(join(root, 'dist/apps/auth/src/rotate-keys.js'), tools, ['--revoke']);
    },
    stop,
  };
}

async function mailIn(outbox: string, address: string, pattern: RegExp): Promise<TestEmail> {
  const deadline = Date.now() + mailTimeoutMs;
  while (Date.now() < deadline) {
    const files = await readdir(outbox).catch(() => []);
    for (const file of files
      .filter((name) => name.endsWith('.txt'))
      .toSorted()
      .toReversed()) {
      const text = await readFile(join(outbox, file), 'utf8');
      const link = /https?:\/\/\S+token=\S+/.exec(text)?.[0];
      if (text.startsWith(`To: ${address}\n`) && pattern.test(text) && link) {
        const html = await readFile(join(outbox, file.replace(/txt$/, 'html')), 'utf8');
        return { text, html, link };
      }
    }
    await sleep(50);
  }
  throw new Error(`No message to ${address} that matches ${pattern} has arrived.`);
}

/** Below the ephemeral port range: an outgoing connection could take such a port before the process starts. */
const firstPort = 20_000;
const portCount = 10_000;

/** Finds free ports. Keeps each one open until all are found, so that they differ. */
export async function freeOrigins<Count extends number>(count: Count): Promise<[string, string, string]> {
  const servers: Server[] = [];
  while (servers.length < count) {
    const server = createServer().listen(randomInt(firstPort, firstPort + portCount), 'localhost');
    try {
      await once(server, 'listening');
      servers.push(server);
    } catch {
      // The port is in use: try another one.
    }
  }
  const origins = servers.map((server) => `http://localhost:${(server.address() as AddressInfo).port}`);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return origins as [string, string, string];
}

export function portOf(origin: string): string {
  return new URL(origin).port;
}
