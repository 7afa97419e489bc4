/** Builds the web app, and fails where its main page has grown too heavy. */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { measureFirstLoad } from './measure-first-load.mjs';

const most = 200_000;

Object.assign(process.env, { NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' });
const next = createRequire(import.meta.url).resolve('next/dist/bin/next');
const { status } = spawnSync(process.execPath, [next, 'build', import.meta.dirname], { stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);

const bytes = await measureFirstLoad('/tasks');
const size = `/tasks loads ${Math.round(bytes / 1000)} kB of compressed JavaScript first`;
if (bytes > most) {
  console.error(`${size}: more than ${most / 1000} kB. Load what is not needed at once with next/dynamic.`);
  process.exit(1);
}
console.log(`${size}, of ${most / 1000} kB at most.`);
