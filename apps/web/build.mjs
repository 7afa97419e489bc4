/** Builds the web app for production. */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

Object.assign(process.env, { NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' });
const next = createRequire(import.meta.url).resolve('next/dist/bin/next');
const { status } = spawnSync(process.execPath, [next, 'build', import.meta.dirname], { stdio: 'inherit' });
process.exitCode = status ?? 1;
