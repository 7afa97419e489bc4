import { equal, match } from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../../tools/project.js';
import { withoutSettings } from '../../tools/test/environment.js';
import { run, show } from '../ci/commands.js';
import { hasTemplateName } from '../setup/rename.js';
import { runCommands, stepsOf } from './documented-steps.js';

/** Merges a later version of the template into a product, with the commands of docs/recipes.md. */
const directory = mkdtempSync(join(tmpdir(), 'merge-'));
const [template, product] = [join(directory, 'template'), join(directory, 'product')];
const identity = ['AUTHOR', 'COMMITTER'].flatMap((role) => [
  [`GIT_${role}_NAME`, 'Ada'],
  [`GIT_${role}_EMAIL`, 'ada@example.com'],
]);
const env: NodeJS.ProcessEnv = {
  ...withoutSettings(process.env),
  NODE_ENV: undefined,
  ...Object.fromEntries(identity),
};

/** Lines of a later version, next to lines that setup changes or removes: names, markers and the manifest. */
const laterChanges: [path: string, from: string, to: string][] = [
  ['package.json', '"version": "0.1.0"', '"version": "0.2.0"'],
  ['package-lock.json', '"version": "0.1.0"', '"version": "0.2.0"'],
  ['.ci/run', '# template:end\n\ninstall || finish', '# template:end\n\necho later\ninstall || finish'],
  ['README.md', '## How a request flows', '## How every request flows'],
  ['deploy/Dockerfile', 'LABEL ', 'ENV LATER=1\nLABEL '],
  ['docs/recipes.md', '# Recipes\n', '# Recipes, later\n'],
  ['template/README.md', '# Template-only code', '# Later'],
];

function change(folder: string, path: string, from: string, to: string): void {
  const before = readFileSync(join(folder, path), 'utf8');
  const after = before.replace(from, to);
  equal(after === before, false, `${path} does not contain ${from}`);
  writeFileSync(join(folder, path), after);
}

try {
  await test('makes a product, and changes it', async () => {
    show('git', ['clone', '--quiet', root, template]);
    show('git', ['clone', '--quiet', '--origin', 'upstream', template, product]);
    appendFileSync(join(product, '.git/info/exclude'), 'node_modules\n');
    symlinkSync(join(root, 'node_modules'), join(product, 'node_modules'), 'junction');
    const commands =
      'npm run --silent setup -- --name my-product && git add --all && git commit --quiet -m Setup && git branch template';
    await runCommands(commands, product, env);
    change(product, 'apps/api/src/tasks/tasks.schemas.ts', 'max: 200', 'max: 300');
    await runCommands('git commit --quiet --all -m "Longer titles"', product, env);
  });

  await test('a later version changes lines next to those that setup changed', async () => {
    for (const [path, from, to] of laterChanges) {
      change(template, path, from, to);
    }
    await runCommands('git checkout -q -B main && git commit --quiet --all -m Later', template, env);
  });

  await test('the commands of docs/recipes.md merge it without a conflict', async () => {
    const page = readFileSync(join(root, 'docs/recipes.md'), 'utf8');
    const section = page.slice(page.indexOf('## Merge later versions'));
    for (const { text } of stepsOf(section, ['sh'])) {
      await runCommands(text, product, env);
    }
    equal(run('git', ['status', '--porcelain'], { cwd: product }).output, '');
  });

  await test('the product has the changes of both', () => {
    const read = (path: string) => readFileSync(join(product, path), 'utf8');
    match(read('apps/api/src/tasks/tasks.schemas.ts'), /max: 300/);
    match(read('package.json'), /"name": "my-product"[^]*"version": "0.2.0"/);
    match(read('deploy/Dockerfile'), /ENV LATER=1/);
    const paths = run('git', ['ls-files', '-z'], { cwd: product }).output.split('\0').filter(Boolean);
    const traces = paths.filter((path) => path !== 'LICENSE' && hasTemplateName(path + read(path)));
    equal(traces.join(), '');
    equal(paths.filter((path) => path.startsWith('template/')).join(), '');
  });
} finally {
  rmSync(directory, { recursive: true, force: true, maxRetries: 10 });
}
