import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, lstatSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { run } from '../../tools/db/command.js';
import { root } from '../../tools/project.js';
import { withSecret } from '../../tools/settings.js';
import { type Manifest, removePackages, removeScripts } from './manifest.js';
import { type Part, removeParts } from './markers.js';
import { checkName, rename } from './rename.js';

const templateName = 'nestjs-task-template';

/** Folders that are removed as a whole. Other files have markers around the sections that belong to a part. */
const folders: Record<Part, string[]> = {
  template: ['template'],
  web: ['apps/web', 'libs/api-client', 'tools/generate/fields/web', 'tools/generate/templates/web'],
};

/** Packages of the web app that its source files do not import. */
const webPackages = ['@types/react-dom', 'openapi-typescript', 'react-dom'];

/** `npm run setup -- --name my-product [--without web]`: turns the template into your project. */
await run(async () => {
  const { values } = parseArgs({ options: { name: { type: 'string' }, without: { type: 'string' } } });
  const { name, without } = values;
  if (name === undefined && without === undefined) {
    throw new Error('Name your project: npm run setup -- --name my-product [--without web]');
  }
  if (without !== undefined && without !== 'web') {
    throw new Error(`"${without}" cannot be removed: use --without web.`);
  }
  const manifest = JSON.parse(read('package.json')) as Manifest;
  if (name !== undefined) {
    checkName(name);
    if (manifest.name !== templateName) {
      throw new Error(`This project already has a name of its own: ${manifest.name}.`);
    }
  }
  if (git('status', '--porcelain') !== '') {
    throw new Error(
      'There are uncommitted changes: commit or stash them, so that git diff shows what setup did.',
    );
  }

  const parts: Part[] = without ? ['template', 'web'] : ['template'];
  const gone = parts.flatMap((part) => folders[part]);
  const paths = git('ls-files', '-z').split('\0').filter(Boolean);
  const isGone = (path: string) => gone.some((folder) => path.startsWith(`${folder}/`));
  const remaining = paths.filter((path) => !isGone(path));

  removeScripts(manifest, gone);
  removePackages(
    manifest,
    { removed: sources(paths.filter(isGone)), remaining: sources(remaining) },
    without ? webPackages : [],
  );
  if (name) {
    delete manifest.description;
  }
  write('package.json', JSON.stringify(manifest));
  removeFromTsconfig(gone);
  const changed = remaining.filter((path) => update(path, parts, name));
  for (const folder of gone) {
    rmSync(join(root, folder), { recursive: true, force: true });
  }
  removeUnusedImages(remaining);
  renewSecret();
  execute(
    process.execPath,
    'node_modules/prettier/bin/prettier.cjs',
    '--write',
    '--ignore-unknown',
    ...['package.json', 'tsconfig.json', ...changed].filter((path) => existsSync(join(root, path))),
  );
  execute('npm', 'install', '--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund');

  if (name) {
    console.log(`Renamed the project to ${name}.`);
  }
  console.log(
    `Removed ${gone.map((folder) => `${folder}/`).join(', ')} and the matching scripts, CI steps, docs and packages.`,
  );
  console.log('Wrote a new BETTER_AUTH_SECRET to .env.');
  console.log('Next: npm ci && npm test, review the changes with git diff, and commit them.');
});

/** @returns whether the file changed. A file that has nothing left is removed. */
function update(path: string, parts: Part[], name?: string): boolean {
  // The license keeps its authors.
  if (path === 'LICENSE' || !isText(path)) {
    return false;
  }
  const before = read(path);
  let text: string;
  try {
    text = removeParts(before, parts);
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`, { cause: error });
  }
  if (name) {
    text = rename(text, name);
  }
  if (text.trim() === '' && before.trim() !== '') {
    rmSync(join(root, path));
  } else if (text !== before) {
    write(path, text);
  }
  return text !== before;
}

function removeFromTsconfig(gone: string[]): void {
  const config = JSON.parse(read('tsconfig.json')) as Record<'include' | 'exclude', string[]>;
  for (const key of ['include', 'exclude'] as const) {
    config[key] = config[key].filter((path) => !gone.some((folder) => `${path}/`.startsWith(`${folder}/`)));
  }
  write('tsconfig.json', JSON.stringify(config));
}

/** Removes the images that no remaining page shows. */
function removeUnusedImages(paths: string[]): void {
  const pages = paths.filter((path) => path.endsWith('.md') && existsSync(join(root, path))).map(read);
  for (const path of paths.filter((image) => image.startsWith('docs/images/'))) {
    if (!pages.some((page) => page.includes(basename(path)))) {
      rmSync(join(root, path));
    }
  }
}

/** Replaces the secret in `.env`: anyone who has the old one can sign in as any user. */
function renewSecret(): void {
  const file = join(root, '.env');
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const emptied = text.replace(/^((?:export )?BETTER_AUTH_SECRET=).*$/m, '$1');
  writeFileSync(file, withSecret(emptied, randomBytes(32).toString('hex')), { mode: 0o600 });
}

/** The setup and the generator name packages that they do not use themselves. */
function sources(paths: string[]): string {
  return paths
    .filter((path) => /\.([mc]?[jt]sx?|css)$/.test(path))
    .filter((path) => !/^(template\/(setup|checks)|tools\/generate)\//.test(path))
    .map(read)
    .join('\n');
}

function isText(path: string): boolean {
  const stats = lstatSync(join(root, path), { throwIfNoEntry: false });
  return stats?.isFile() === true && !readFileSync(join(root, path)).includes(0);
}

function git(...args: string[]): string {
  try {
    return execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch (error) {
    throw new Error('This is not a Git repository: run git init, and commit all files first.', {
      cause: error,
    });
  }
}

function execute(command: string, ...args: string[]): void {
  execFileSync(command, args, {
    cwd: root,
    shell: process.platform === 'win32' && command === 'npm',
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

function write(path: string, text: string): void {
  writeFileSync(join(root, path), text);
}
