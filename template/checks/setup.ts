import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { root } from '../../tools/project.js';
import { withoutSettings } from '../../tools/test/environment.js';
import { run, show } from '../ci/commands.js';
import { hasTemplateName } from '../setup/rename.js';

/** Runs `npm run setup` in a clone of the last commit and tests the product: `setup.ts [--without web]`. */
const options = process.argv.slice(2);
const withoutWeb = options.length > 0;
const maxLinesOfTools = 7_600;
const webPackages = ['@tanstack/react-query', 'date-fns', 'next', 'openapi-fetch', 'react', 'tailwindcss'];

/** Folders, scripts and addresses of the web app. */
const webTraces =
  /apps\/web|api-client|build:web|start:web|test:browser|generate:client|^ +browser$|screenshots|WEB_PORT|localhost:3000|web:3000/m;
/** These work with and without the web app, or explain a decision. */
const mayMentionWeb = /^(docs\/decisions\/|apps\/auth\/test\/|tools\/(generate|start|test)\/|.*spec\.ts$)/;

/** Runs setup in later versions of the template, which have it. */
const merging = 'docs/recipes.md';

const directory = mkdtempSync(join(tmpdir(), 'setup-'));
const cwd = join(directory, 'my product');
const env = { ...withoutSettings(process.env), NODE_ENV: undefined };

const read = (path: string, folder = cwd) => readFileSync(join(folder, path), 'utf8');
const manifest = (folder?: string) =>
  JSON.parse(read('package.json', folder)) as { name: string } & Record<
    'scripts' | 'dependencies' | 'devDependencies',
    Record<string, string>
  >;
const setup = () =>
  run('npm', ['run', '--silent', 'setup', '--', '--name', 'my-product', ...options], { cwd, env });
const files = () => run('git', ['ls-files', '-z'], { cwd }).output.split('\0').filter(Boolean);
const filesWith = (pattern: RegExp) => files().filter((path) => pattern.test(read(path)));
const nodeModules = join(cwd, 'node_modules');

try {
  await test('clones the template', () => {
    show('git', ['clone', '--quiet', root, cwd]);
    appendFileSync(join(cwd, '.git/info/exclude'), 'node_modules\n');
    symlinkSync(join(root, 'node_modules'), nodeModules, 'junction');
  });

  await test('rejects a name that is not valid, and changes nothing', () => {
    const { status, errors } = run('npm', ['run', '--silent', 'setup', '--', '--name', 'My product'], {
      cwd,
      env,
    });
    equal(status, 1);
    match(errors, /^"My product" is not a valid name: [^\n]+\n$/);
    equal(run('git', ['status', '--porcelain'], { cwd }).output, '');
  });

  await test(`npm run setup -- --name my-product ${options.join(' ')}`, () => {
    const { status, output, errors } = setup();
    equal(status, 0, errors);
    match(output, /^Renamed the project to my-product\.\nRemoved template.*\n/);
    show('git', ['add', '--all'], { cwd });
    equal(existsSync(join(cwd, 'template')), false);
    equal(existsSync(join(cwd, 'apps/web')), !withoutWeb);
  });

  await test('the name of the template is only in the license', () => {
    equal(manifest().name, 'my-product');
    deepEqual(
      files().filter((path) => hasTemplateName(path) || hasTemplateName(read(path))),
      ['LICENSE'],
    );
  });

  await test('no file refers to what is gone', () => {
    deepEqual(filesWith(/(template|web):(start|else|end)/), []);
    deepEqual(filesWith(/(?<![\w/-])template\/(bench|checks|ci|docs|screenshots|setup)/), []);
    const scripts = Object.keys(manifest(root).scripts).filter((name) => !(name in manifest().scripts));
    ok(['setup', 'bench', 'screenshots'].every((name) => scripts.includes(name)));
    deepEqual(
      filesWith(new RegExp(`npm run (${scripts.join('|')})(?![\\w:-])`)).filter((path) => path !== merging),
      [],
    );
    if (withoutWeb) {
      deepEqual(
        filesWith(webTraces).filter((path) => !mayMentionWeb.test(path)),
        [],
      );
    }
  });

  await test('each link in a Markdown file leads to a file', () => {
    const broken = files()
      .filter((path) => path.endsWith('.md'))
      .flatMap((path) =>
        [...read(path).matchAll(/\]\((?!\w+:|#)([^)#\s]+)|(?:src|srcset)="(?!\w+:)([^"]+)"/g)]
          .map(([, link, image]) => join(dirname(path), link ?? image!))
          .filter((target) => !existsSync(join(cwd, target)))
          .map((target) => `${path}: ${target}`),
      );
    deepEqual(broken, []);
  });

  await test('no package is left that only the removed files used', () => {
    const { dependencies, devDependencies } = manifest();
    const removed = ['autocannon', '@types/autocannon', ...(withoutWeb ? webPackages : [])];
    deepEqual(
      removed.filter((name) => name in dependencies || name in devDependencies),
      [],
    );
  });

  await test(`tools/ has at most ${maxLinesOfTools} lines, without specs and generator templates`, () => {
    const lines = files()
      .filter((path) => path.startsWith('tools/') && !/spec\.ts$|^tools\/generate\/templates\//.test(path))
      .reduce((sum, path) => sum + read(path).split('\n').length - 1, 0);
    console.log(`tools/ has ${lines} lines`);
    ok(lines <= maxLinesOfTools, String(lines));
  });

  // docs/add-a-module.md runs the checks and all tests of a product with the web app.
  if (withoutWeb) {
    await test('the product installs from its own package-lock.json, and its checks and tests pass', () => {
      rmSync(nodeModules);
      show('npm', ['ci'], { cwd, env });
      show('npm', ['run', 'check'], { cwd, env });
      show('npm', ['run', 'test:unit', '--', 'tools'], { cwd, env });
      show('npm', ['run', 'test:e2e', '--', 'auth/test/sign-in', 'api/src', 'tools/generate'], { cwd, env });
      show('npm', ['run', 'test:processes', '--', 'tools/start/start', '-t', 'with a demo user'], {
        cwd,
        env,
      });
    });
  } else {
    await test('package-lock.json matches package.json', () => {
      show('npm', ['ci', '--dry-run'], { cwd, env });
    });
  }
} finally {
  rmSync(directory, { recursive: true, force: true, maxRetries: 10 });
}
