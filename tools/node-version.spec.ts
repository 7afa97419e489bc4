import { spawnSync } from 'node:child_process';
import { expect, it } from '@jest/globals';
import { root } from './project.js';

const pretend = (version: string) =>
  `data:text/javascript,Object.defineProperty(process.versions, 'node', { value: '${version}' })`;

it.each(['18.20.8', '20.18.1'])(
  'reports Node %s in one sentence before other modules fail to load',
  (version) => {
    const { status, stderr } = spawnSync(
      process.execPath,
      ['--import', pretend(version), 'tools/run.js', 'tools/db/no-such-command.ts'],
      { cwd: root, encoding: 'utf8' },
    );
    expect(stderr).toBe(`This needs Node 20.19 or newer, and this is Node ${version}: install Node 24.\n`);
    expect(status).toBe(1);
  },
);
