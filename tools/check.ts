import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { root } from './project.js';

/** `npm run check`: runs every npm script named `check:…`, as many at a time as there are cores. */
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};
const waiting = Object.keys(scripts).filter((name) => name.startsWith('check:'));
const npm = process.env.npm_execpath;
if (!npm) throw new Error('Run this with: npm run check');
let failed = 0;

await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, runWaiting));
process.exit(failed === 0 ? 0 : 1);

async function runWaiting(): Promise<void> {
  for (let name = waiting.shift(); name; name = waiting.shift()) await check(name);
}

/** Shows what a check says only where it finds something. */
async function check(name: string): Promise<void> {
  const startedAt = Date.now();
  const program = spawn(process.execPath, [npm as string, 'run', '--silent', name], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => program.once('close', resolve));
  const [output, errors, code] = await Promise.all([text(program.stdout), text(program.stderr), ended]);
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  console.log(`${code === 0 ? 'ok    ' : 'FAILED'} npm run ${name} (${seconds} s)`);
  if (code === 0) return;
  failed += 1;
  console.log(`${output}${errors}`);
}
