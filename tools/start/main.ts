import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { compile } from '../compile.js';
import { type Databases, migrate, openDatabases, type Schema } from '../db/databases.js';
import { seedDemo } from '../db/demo.js';
import { root, stateDirectory } from '../project.js';
import { ensureSecret, readSettings } from '../settings.js';
import { describe } from './addresses.js';
import { App, AppStartError } from './app.js';
import { colorSettings, print } from './output.js';
import { checkPorts, type Port, readPort } from './ports.js';
import { reloadOnChange } from './reload.js';
import { onStopSignal } from './stop-signals.js';
import { watchTypes } from './type-checker.js';

/** `npm start`: runs the development system until it is stopped. `npm run preview`: runs the production builds. */
const isPreview = process.argv.includes('--preview');
const stopping = new AbortController();
const apps: App[] = [];
const watchers: (() => unknown)[] = [];
let databases: Promise<Databases> | undefined;

onStopSignal(
  () => void stop(0),
  () => {
    for (const app of apps) {
      app.kill();
    }
    process.exit(130);
  },
);

try {
  await start();
} catch (error) {
  if (!stopping.signal.aborted) {
    print('start', (error as Error).message);
    await stop(1);
  }
}

async function start(): Promise<void> {
  const settings = readSettings();
  const ports = {
    web: readPort(settings, 'WEB_PORT', 3000),
    api: readPort(settings, 'API_PORT', 3001),
    auth: readPort(settings, 'AUTH_PORT', 3002),
  };
  const hasWeb = existsSync(join(root, 'apps/web'));
  await checkPorts(hasWeb ? Object.values(ports) : [ports.api, ports.auth]);
  mkdirSync(stateDirectory, { recursive: true });
  ensureSecret(settings);

  databases = openDatabases(settings);
  const { settings: urls, embedded } = await databases;
  const env: NodeJS.ProcessEnv = { ...settings, ...urls, ...colorSettings, NODE_ENV: 'development' };
  if (isPreview) {
    // In production, these have no defaults.
    env.AUTH_URL ??= local(ports.auth);
    env.API_URL ??= local(ports.api);
    env.BETTER_AUTH_URL ??= hasWeb ? local(ports.web) : env.AUTH_URL;
  }
  keepDatabase(settings, env).catch((error: Error) => print('database', error.message));

  const auth = server('auth', ports.auth, env);
  const api = server('api', ports.api, env);
  if (!isPreview) {
    reload(auth, ['apps/auth/src', 'libs/server/src'], env);
    reload(api, ['apps/api/src', 'libs/server/src', 'libs/auth/src'], env);
  }
  await migrateAndReport(env);
  // Next.js compiles the first page once both servers can be used, because that takes all cores.
  await startAll(auth, api);
  const [demoUser] = await Promise.all([
    embedded ? seedDemo(env, { ifEmpty: true, signal: stopping.signal }) : undefined,
    hasWeb ? startAll(webApp(local(ports.web), env)) : undefined,
  ]);
  stopping.signal.throwIfAborted();

  console.log(
    describe({
      web: hasWeb ? (settings.BETTER_AUTH_URL ?? local(ports.web)) : undefined,
      api: settings.API_URL ?? local(ports.api),
      auth: settings.AUTH_URL ?? local(ports.auth),
      databaseUrl: urls.MIGRATION_DATABASE_URL ?? urls.DATABASE_URL,
      demoUser,
      isPreview,
    }),
  );

  if (isPreview) {
    return;
  }
  const compiler = watchTypes(env);
  watchers.push(() => compiler.kill());
}

function local({ number }: Port): string {
  return `http://localhost:${number}`;
}

function server(name: Schema, port: Port, env: NodeJS.ProcessEnv): App {
  return new App({
    name,
    program: async () => (isPreview ? `dist/apps/${name}/src/main.js` : compile(`apps/${name}/src/main.ts`)),
    env: () => appEnvironment(env),
    readyUrl: `${local(port)}/health/ready`,
  });
}

/** Next.js compiles a page at its first request. Waiting for the start page compiles it in advance. */
function webApp(origin: string, env: NodeJS.ProcessEnv): App {
  return new App({
    name: 'web',
    program: async () => 'apps/web/start.mjs',
    env: () => appEnvironment(env),
    readyUrl: `${origin}/`,
  });
}

/** The environment now, which changes if the database is replaced. */
function appEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return isPreview ? { LISTEN_ADDRESS: 'localhost', ...env, NODE_ENV: 'production' } : env;
}

/** Starts apps and waits until they are ready. An app with an error in its code starts after the next change. */
async function startAll(...started: App[]): Promise<void> {
  stopping.signal.throwIfAborted();
  apps.push(...started);
  await Promise.all(
    started.map((app) =>
      app.start().catch((error: unknown) => {
        if (!(error instanceof AppStartError && error.causedByCode && !isPreview)) {
          throw error;
        }
        print(app.name, 'failed to start. Fix its code and it starts again.');
        return app.ready;
      }),
    ),
  );
}

function reload(app: App, folders: string[], env: NodeJS.ProcessEnv): void {
  watchers.push(reloadOnChange({ app, folders, migrate: () => migrateAndReport(env, [app.name as Schema]) }));
}

/** @returns whether there was anything to migrate */
async function migrateAndReport(env: NodeJS.ProcessEnv, schemas?: Schema[]): Promise<boolean> {
  const done = await migrate(env, schemas, stopping.signal);
  const changes = done.split('\n').filter((line) => line && !line.includes(' 0 migrations'));
  if (changes.length > 0) {
    print('migrations', changes.join('\n'));
  }
  return changes.length > 0;
}

/**
 * Restarts the embedded PostgreSQL server if it stops unexpectedly. If its data was deleted, the server is new and has
 * another password, so the apps restart, too.
 */
async function keepDatabase(settings: NodeJS.ProcessEnv, env: NodeJS.ProcessEnv): Promise<void> {
  await (
    await databases
  )?.lost;
  if (stopping.signal.aborted) {
    return;
  }
  print('database', 'stopped unexpectedly. Restarting it.');
  databases = openDatabases(settings);
  const { settings: urls, embedded } = await databases;
  print('database', 'is running again.');
  const isNew = urls.DATABASE_URL !== env.DATABASE_URL;
  Object.assign(env, urls);
  if ((await migrateAndReport(env)) || isNew) {
    print('database', 'was deleted. Its apps restart with a new one.');
    if (embedded) {
      await seedDemo(env, { ifEmpty: true, signal: stopping.signal });
    }
    await Promise.all(
      apps
        .filter(({ name }) => name !== 'web')
        .map(async (app) => {
          await app.stop();
          await app.start();
        }),
    );
    print('database', 'is ready. Sign in again.');
  }
  await keepDatabase(settings, env);
}

/** Stops the apps, then the database. */
async function stop(exitCode: number): Promise<void> {
  if (stopping.signal.aborted) {
    return;
  }
  stopping.abort();
  for (const stopWatcher of watchers) {
    void stopWatcher();
  }
  await Promise.all(apps.map((app) => app.stop()));
  await databases?.then((opened) => opened.stop()).catch(() => {});
  process.exit(exitCode);
}
