import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import getPort from 'get-port';
import { root } from '../project.js';
import { signInForToken } from '../test/sign-in.js';
import { queryOnce } from '../test/test-databases.js';

const timeoutMs = 60_000;
const copied = ['apps/api', 'apps/auth', 'libs', 'tools', 'package.json', 'tsconfig.json'];

let clone: string;
let ports: { API_PORT: string; AUTH_PORT: string };
let started: Start[] = [];

/** Runs `npm start` in the clone, without npm. */
class Start {
  output = '';
  readonly process: ChildProcess;
  readonly ended: Promise<unknown[]>;

  constructor(settings: NodeJS.ProcessEnv = {}) {
    this.process = spawn(process.execPath, ['tools/run.js', 'tools/start/main.ts'], {
      cwd: clone,
      env: { ...process.env, ...ports, ...settings, NODE_ENV: undefined, npm_lifecycle_event: undefined },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.on('data', (chunk) => (this.output += chunk));
    }
    this.ended = once(this.process, 'close');
    started.push(this);
  }

  async prints(text: string | RegExp): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    while (!this.output.match(text)) {
      if (performance.now() > deadline || this.process.exitCode !== null) {
        throw new Error(`Expected output ${String(text)}, got:\n${this.output}`);
      }
      await sleep(50);
    }
  }

  async exitCode(): Promise<unknown> {
    await this.ended;
    return this.process.exitCode;
  }
}

beforeAll(async () => {
  clone = mkdtempSync(join(tmpdir(), 'a clone ä '));
  for (const path of copied) {
    cpSync(join(root, path), join(clone, path), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(clone, 'node_modules'), 'junction');
  ports = { API_PORT: String(await getPort()), AUTH_PORT: String(await getPort()) };
});

afterEach(async () => {
  for (const { process: child, ended } of started) {
    child.kill('SIGTERM');
    await ended;
  }
  started = [];
  // After SIGKILL, the type checker ends only when it has checked all files.
}, 3 * timeoutMs);

afterAll(() => rmSync(clone, { recursive: true, force: true, maxRetries: 10 }));

describe('npm start', () => {
  it(
    'starts with a demo user and reloads on change',
    async () => {
      writeFileSync(join(clone, '.env'), 'LOG_LEVEL=info');
      const start = new Start();
      await start.prints('demo user');
      expect(await demoTasks()).toHaveLength(30);

      const main = join(clone, 'apps/api/src/main.ts');
      const source = readFileSync(main, 'utf8');
      writeFileSync(main, 'const = ;');
      await start.prints(/api +\| failed to start/);
      writeFileSync(main, `${source}console.log('changed');\n`);
      await start.prints(/api +\| changed[^]*api +\| reloaded/);

      const env = readFileSync(join(clone, '.env'), 'utf8');
      expect(env).toMatch(/^LOG_LEVEL=info\nBETTER_AUTH_SECRET=[0-9a-f]{64}\n$/);
      expect(start.output).not.toContain(env.split('=')[2]?.trim());
      start.process.kill('SIGKILL');
    },
    2 * timeoutMs,
  );

  it(
    'starts with its data after it was killed, uses a new database if that is deleted, and stops every process',
    async () => {
      const start = new Start();
      await start.prints('demo user');
      expect(await demoTasks()).toHaveLength(30);

      const [server] = readFileSync(join(clone, '.data/postgres/postmaster.pid'), 'utf8').split('\n');
      rmSync(join(clone, '.data'), { recursive: true });
      // The server would find out within a minute.
      process.kill(Number(server), 'SIGQUIT');
      await start.prints(/database +\| is ready/);
      expect(await demoTasks()).toHaveLength(30);

      const { stdout: url } = spawnSync(process.execPath, ['tools/run.js', 'tools/db/url.ts'], {
        cwd: clone,
        encoding: 'utf8',
      });
      expect(await queryOnce(url.trim(), 'SELECT count(*)::integer FROM tasks')).toEqual([{ count: 30 }]);

      // Stopped while the api reloads.
      const before = start.output.length;
      appendFileSync(join(clone, 'apps/api/src/main.ts'), '\n');
      await sleep(500);
      start.process.kill('SIGINT');
      expect(await start.exitCode()).toBe(0);
      expect(start.output.slice(before)).not.toMatch(/failed to start|reloaded/);
      await expectAllStopped();
    },
    2 * timeoutMs,
  );

  it('writes the secret to a file that only its owner can read', () => {
    const expected = process.platform === 'win32' ? 0o666 : 0o600;
    expect(statSync(join(clone, '.env')).mode & 0o777).toBe(expected);
  });

  it('names every port that is in use, and its variable', async () => {
    const others = [ports.API_PORT, ports.AUTH_PORT].map((port) => createServer().listen(Number(port)));
    await Promise.all(others.map((other) => once(other, 'listening')));
    const start = new Start();
    expect(await start.exitCode()).toBe(1);
    expect(start.output).toMatch(
      new RegExp(
        `Port ${ports.API_PORT} is in use.*API_PORT.*\\n.*Port ${ports.AUTH_PORT} is in use.*AUTH_PORT`,
      ),
    );
    for (const other of others) {
      other.close();
    }
  });

  it.each([
    ['postgres://ada:secret@127.0.0.1:9/app', 'Cannot connect to a database at 127.0.0.1:9'],
    ['mysql://localhost', 'DATABASE_URL must look like postgres://'],
  ])('reports in one line that %s cannot be used', async (DATABASE_URL, sentence) => {
    const start = new Start({ DATABASE_URL });
    expect(await start.exitCode()).toBe(1);
    expect(start.output).toContain(sentence);
    expect(start.output).not.toContain('secret');
    expect(start.output.trim().split('\n')).toHaveLength(1);
  });

  it('names the invalid line of .env', async () => {
    appendFileSync(join(clone, '.env'), 'nonsense\n');
    const start = new Start();
    expect(await start.exitCode()).toBe(1);
    expect(start.output).toContain('Line 3 of .env is invalid. Write NAME=value');
  });
});

async function demoTasks(): Promise<string[]> {
  const [auth, api] = [ports.AUTH_PORT, ports.API_PORT].map((port) => `http://localhost:${port}`);
  const demo = { email: 'demo@example.com', password: 'demo-password' };
  const token = await signInForToken(auth as string, auth as string, demo);
  const response = await fetch(`${api}/api/tasks?limit=100`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const { items } = (await response.json()) as { items: { title: string }[] };
  return items.map(({ title }) => title);
}

async function expectAllStopped(): Promise<void> {
  const { port } = JSON.parse(readFileSync(join(clone, '.data/postgres.json'), 'utf8')) as { port: number };
  for (const number of [ports.API_PORT, ports.AUTH_PORT, port]) {
    expect(await listens(Number(number))).toBe(false);
  }
  expect(existsSync(join(clone, '.data/postgres/postmaster.pid'))).toBe(false);
}

async function listens(port: number): Promise<boolean> {
  const socket = connect({ host: 'localhost', port });
  return once(socket, 'connect')
    .then(
      () => true,
      () => false,
    )
    .finally(() => socket.destroy());
}
