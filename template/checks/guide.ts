import { deepEqual, doesNotMatch, equal } from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import getPort from 'get-port';
import { root } from '../../tools/project.js';
import { withoutSettings } from '../../tools/test/environment.js';
import { run } from '../ci/commands.js';
import { follow, pathOf, stepsOf } from './documented-steps.js';
import { hasTemplateName } from '../setup/rename.js';

/** Runs each command of docs/add-a-module.md, and makes each change of code, in a clone of the last commit. */
const guide = 'docs/add-a-module.md';
const startTimeoutMs = 120_000;
const directory = mkdtempSync(join(tmpdir(), 'guide-'));
const ports = { 3000: await getPort(), 3001: await getPort(), 3002: await getPort() };
const identity = { NAME: 'Ada', EMAIL: 'ada@example.com' };
const env: NodeJS.ProcessEnv = {
  ...withoutSettings(process.env),
  NODE_ENV: undefined,
  WEB_PORT: String(ports[3000]),
  API_PORT: String(ports[3001]),
  AUTH_PORT: String(ports[3002]),
  ...Object.fromEntries(
    Object.entries(identity).flatMap(([key, value]) => [
      [`GIT_AUTHOR_${key}`, value],
      [`GIT_COMMITTER_${key}`, value],
    ]),
  ),
  GIT_CONFIG_COUNT: '1',
  GIT_CONFIG_KEY_0: `url.${root}.insteadOf`,
  GIT_CONFIG_VALUE_0: 'https://github.com/you/my-product.git',
};
let cwd = directory;
/** The files that the guide writes or changes, and those that are generated from them. */
const changed = new Set(['apps/api/openapi.json', 'libs/api-client/src/schema.ts']);
let system: ChildProcess | undefined;
const startedAt = performance.now();

try {
  for (const { language, text } of stepsOf(readFileSync(join(root, guide), 'utf8'))) {
    await test(`${guide}: ${text.split('\n', 1)[0]}`, async () => {
      if (text.trim() === 'npm start') {
        await start();
        return;
      }
      if (language !== 'sh') {
        changed.add(pathOf(text));
      }
      cwd = await follow({ language, text: withPorts(text) }, cwd, env);
    });
  }
  console.log(`The guide took ${Math.round((performance.now() - startedAt) / 1000)} s.`);
  await test('the name of the template is only in the license', () => {
    const paths = run('git', ['ls-files', '-z'], { cwd }).output.split('\0').filter(Boolean);
    const traces = paths.filter(
      (path) =>
        path !== 'LICENSE' &&
        (hasTemplateName(path) || hasTemplateName(readFileSync(join(cwd, path), 'utf8'))),
    );
    equal(traces.join(), '');
  });
  await test('generate:undo leaves only the changes that the guide made by hand', () => {
    const { output } = run('git', ['status', '--porcelain', '-z'], { cwd });
    const paths = output
      .split('\0')
      .filter(Boolean)
      .map((line) => line.slice(3));
    deepEqual(paths.toSorted(), [...changed].toSorted());
    for (const path of changed) {
      doesNotMatch(readFileSync(join(cwd, path), 'utf8'), /notes|comments/i);
    }
  });
} finally {
  await stop();
  rmSync(directory, { recursive: true, force: true, maxRetries: 10 });
}
/** The ports of the guide may be in use on this machine. */
function withPorts(block: string): string {
  return block.replace(/localhost:(300[0-2])/g, (_, port: keyof typeof ports) => `localhost:${ports[port]}`);
}

/** Starts the system and waits for the table of addresses, which appears when all apps are ready. */
async function start(): Promise<void> {
  system = spawn('npm', ['start'], { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  system.stdout?.on('data', (chunk) => (output += chunk));
  const deadline = performance.now() + startTimeoutMs;
  while (!output.includes('Ctrl-C')) {
    if (performance.now() > deadline || system.exitCode !== null) {
      throw new Error(`npm start printed:\n${output}`);
    }
    await sleep(100);
  }
}

/** npm exits immediately at a signal. The system has stopped when its output closes. */
async function stop(): Promise<void> {
  if (!system || system.exitCode !== null) {
    return;
  }
  const ended = once(system, 'close');
  system.kill('SIGTERM');
  await ended;
}
