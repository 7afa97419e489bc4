import { equal } from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../../tools/project.js';
import { withoutSettings } from '../../tools/test/environment.js';
import { run, show } from '../ci/commands.js';
import { follow, stepsOf } from './documented-steps.js';

/** Follows the recipes in clones of the last commit, two at a time: `recipes.ts [PAGE…]`. */
const pages = process.argv.slice(2);
const all = readdirSync(join(root, 'docs/recipes')).map((name) => `docs/recipes/${name}`);
const env = { ...withoutSettings(process.env), NODE_ENV: undefined };
const checks = join(root, '.data/checks');

await test('docs/recipes', { concurrency: 2 }, async (context) => {
  const followed = (pages.length > 0 ? pages : all).map((page) =>
    context.test(page, async (recipe) => {
      // Turbopack builds only what is in the folder itself, and hard links are copies on the same file system.
      mkdirSync(join(root, '.data'), { recursive: true });
      const directory = mkdtempSync(join(root, '.data/recipe-'));
      try {
        prepare(directory);
        for (const step of stepsOf(readFileSync(join(root, page), 'utf8'))) {
          await recipe.test(`${page}: ${step.text.split('\n', 1)[0]}`, async () => {
            await follow(step, directory, env);
          });
        }
        await recipe.test(`${page}: changes neither libs/ nor the code that guards rows`, () => {
          const guarded = [
            'libs',
            'apps/api/src/database',
            ':!libs/api-client',
            ':!apps/api/src/database/migrations',
          ];
          equal(run('git', ['status', '--porcelain', '--', ...guarded], { cwd: directory }).output, '');
        });
      } finally {
        rmSync(directory, { recursive: true, force: true, maxRetries: 10 });
      }
    }),
  );
  await Promise.all(followed);
});

/** Clones the project with its packages and the caches of its checks. */
function prepare(directory: string): void {
  show('git', ['clone', '--quiet', root, directory]);
  show('cp', ['-al', join(root, 'node_modules'), directory]);
  // npm writes to this file, so it must not be a hard link.
  rmSync(join(directory, 'node_modules/.package-lock.json'));
  if (existsSync(checks)) {
    cpSync(checks, join(directory, '.data/checks'), { recursive: true });
  }
}
