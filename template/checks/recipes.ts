import { equal } from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../../tools/project.js';
import { withoutSettings } from '../../tools/test/environment.js';
import { run, show } from '../ci/commands.js';
import { applyDiff, runCommands, stepsOf, writeSource } from './documented-steps.js';

/** Follows each recipe in a clone of the last commit: `recipes.ts [PAGE…]`. */
const pages = process.argv.slice(2);
const all = ['docs/recipes/payment-webhook.md'];
const env = { ...withoutSettings(process.env), NODE_ENV: undefined };

for (const page of pages.length > 0 ? pages : all) {
  const directory = mkdtempSync(join(tmpdir(), 'recipe-'));
  try {
    show('git', ['clone', '--quiet', root, directory]);
    writeFileSync(join(directory, '.git/info/exclude'), 'node_modules\n');
    symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'), 'junction');
    for (const { language, text } of stepsOf(readFileSync(join(root, page), 'utf8'), ['sh', 'ts', 'diff'])) {
      await test(`${page}: ${text.split('\n', 1)[0]}`, async () => {
        if (language === 'sh') {
          await runCommands(text, directory, env);
        } else {
          (language === 'ts' ? writeSource : applyDiff)(text, directory);
        }
      });
    }
    await test(`${page}: changes neither libs/ nor the code that guards rows`, () => {
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
}
