import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../tools/project.js';
import { withoutSettings } from '../../tools/test/environment.js';
import { show } from '../ci/commands.js';

/** Takes the screenshots of the README in a clone of the last commit, to which it adds a generated module. */
const generated = [
  'expenses',
  '--web',
  '--fields',
  'title:string(80) amount:decimal(10,2) spentOn:date category:enum(travel|software|office)',
];
const env = { ...withoutSettings(process.env), NODE_ENV: undefined };

// Turbopack builds only what is in the folder itself, and hard links are copies on the same file system.
mkdirSync(join(root, '.data'), { recursive: true });
const clone = mkdtempSync(join(root, '.data/screenshots-'));
try {
  show('git', ['clone', '--quiet', root, clone]);
  show('cp', ['-al', join(root, 'node_modules'), clone]);
  show('npm', ['run', 'generate', '--', ...generated], { cwd: clone, env });
  show('npm', ['run', 'build'], { cwd: clone, env });
  show('npx', ['playwright', 'test', '--config=template/screenshots/playwright.config.ts'], {
    cwd: clone,
    env,
  });
  cpSync(join(clone, 'docs/images'), join(root, 'docs/images'), { recursive: true });
} finally {
  rmSync(clone, { recursive: true, force: true, maxRetries: 10 });
}
