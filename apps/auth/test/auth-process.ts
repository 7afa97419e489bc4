import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { settings } from './auth-server.js';

/** The auth server as a process of its own. */
export interface AuthProcess {
  url: string;
  /** What it has written so far. */
  output(): string;
  /** As the kernel does it: nothing is put in order. */
  kill(): Promise<void>;
  /** Asks it to end. */
  stop(): Promise<number | null>;
}

export async function startAuthProcess(
  databaseUrl: string,
  changes: Record<string, string> = {},
): Promise<AuthProcess> {
  const port = await freePort();
  const env = { ...settings(databaseUrl, changes), AUTH_PORT: String(port) };
  const child = runAuthProgram('main', env);
  const url = `http://localhost:${port}`;
  let output = '';
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (chunk) => (output += chunk));
  if (!(await isReady(child, url))) throw new Error(`The auth server did not start: ${output}`);
  const end = async (signal: NodeJS.Signals) => {
    const ended = once(child, 'exit');
    child.kill(signal);
    const [code] = (await ended) as [number | null];
    return code;
  };
  return {
    url,
    output: () => output,
    kill: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
  };
}

/** Runs one of the auth server's programs with these settings and nothing else of the environment. */
export function runAuthProgram(name: string, env: Record<string, string>, args: string[] = []): ChildProcess {
  return spawn(
    process.execPath,
    ['--import', '@swc-node/register/esm-register', `apps/auth/src/${name}.ts`, ...args],
    { env: { PATH: process.env.PATH, ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, 'localhost');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

async function isReady(child: ChildProcess, url: string): Promise<boolean> {
  while (child.exitCode === null) {
    const ready = await fetch(`${url}/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (ready) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}
