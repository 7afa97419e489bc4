/** Builds the web app. Fails if the JavaScript that /tasks loads first exceeds the limit. */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { measureFirstLoad } from './measure-first-load.mjs';

const maxBytes = 200_000;

Object.assign(process.env, { NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' });
const next = createRequire(import.meta.url).resolve('next/dist/bin/next');
const { status } = spawnSync(process.execPath, [next, 'build', import.meta.dirname], { stdio: 'inherit' });
if (status !== 0) {
  process.exit(status ?? 1);
}

const bytes = await measureFirstLoad('/tasks');
/** @param {number} size */
const kB = (size) => Math.round(size / 1000);
const result = `First load of /tasks: ${kB(bytes)} kB of compressed JavaScript, limit ${kB(maxBytes)} kB.`;
if (bytes > maxBytes) {
  console.error(`${result} Load what the page does not need at once with next/dynamic.`);
  process.exit(1);
}
console.log(result);
