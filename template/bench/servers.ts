import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import getPort from 'get-port';
import { AUDIENCE, type BenchIssuer } from './issuer.js';

export interface Usage {
  cpuMicroseconds: number;
  residentBytes: number;
}

export interface BenchServer {
  url: string;
  /** From the start of the process to its first response. */
  startedInMs: number;
  usage(): Promise<Usage>;
  stop(): Promise<void>;
}

/** Runs the migrations of the built api. */
export function migrate(databaseUrl: string): void {
  execFileSync(process.execPath, ['dist/apps/api/src/migrate.js'], {
    env: { PATH: process.env.PATH, NODE_ENV: 'production', DATABASE_URL: databaseUrl },
    stdio: 'inherit',
  });
}

/** Returns the environment of the built api, with a rate limit that is never reached. */
export async function apiSettings(databaseUrl: string, issuer: BenchIssuer): Promise<Record<string, string>> {
  return {
    DATABASE_URL: databaseUrl,
    JWKS_URL: issuer.jwksUrl,
    JWT_ISSUER: issuer.issuer,
    JWT_AUDIENCE: AUDIENCE,
    RATE_LIMIT_PER_MINUTE: '1000000',
    API_PORT: String(await getPort()),
  };
}

/** Starts the built api and waits until it responds. */
export async function startApi(settings: Record<string, string>): Promise<BenchServer> {
  return startServer('dist/apps/api/src/main.js', settings, '/health/live');
}

/** Starts a server and waits until `path` responds. */
export async function startServer(
  program: string,
  env: Record<string, string>,
  path: string,
  execArgv: string[] = [],
): Promise<BenchServer> {
  const begun = performance.now();
  const probe = fileURLToPath(new URL('./probe.js', import.meta.url));
  const child: ChildProcess = fork(program, {
    env: { PATH: process.env.PATH, NODE_ENV: 'production', ...env },
    execArgv: [...execArgv, '--import', probe],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  process.once('exit', () => child.kill());
  const url = `http://127.0.0.1:${env.PORT ?? env.API_PORT ?? env.AUTH_PORT}`;
  while (
    !(await fetch(url + path).then(
      () => true,
      () => false,
    ))
  ) {
    if (child.exitCode !== null) {
      throw new Error(`${program} failed to start.`);
    }
    await sleep(5);
  }
  return {
    url,
    startedInMs: performance.now() - begun,
    async usage() {
      child.send('usage');
      const [usage] = await once(child, 'message');
      return usage as Usage;
    },
    async stop() {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}
