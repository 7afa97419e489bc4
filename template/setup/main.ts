import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, lstatSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { run } from '../../tools/db/command.js';
import { root } from '../../tools/project.js';
import { withSecret } from '../../tools/settings.js';
import { checkName, displayName, renamed, templateName } from './rename.js';
import { takeOutWeb } from './without-web.js';

/**
 * `npm run setup -- --name my-product [--without web]`: makes the project one's own. It gets another name everywhere but
 * in the licence, and a secret; the web app is taken out where nobody wants it.
 */
await run(async () => {
  const { values } = parseArgs({ options: { name: { type: 'string' }, without: { type: 'string' } } });
  const { name, without } = values;
  if (name === undefined && without === undefined) {
    throw new Error('Say what to do: npm run setup -- --name my-product, or --without web, or both.');
  }
  if (without !== undefined && without !== 'web') throw new Error('Nothing but "web" can be taken out.');
  const current = packageName();
  if (name !== undefined) {
    checkName(name);
    if (current !== templateName) throw new Error(`This project has a name of its own already: ${current}.`);
  }
  if (git('status', '--porcelain') !== '') {
    throw new Error(
      'There are changes that are not committed: commit them first, so that you see what this changes.',
    );
  }

  if (without) takeOutWeb();
  if (name) rename(name);
  // It proves the generator, the guide and this program on the project as it came.
  rmSync(join(root, 'template'), { recursive: true, force: true });
  renewSecret();
  console.log('Done. Look at it with git diff, prove it with npm test, and commit it.');
});

/** In every text file that is under version control. The licence keeps the names of the authors. */
function rename(name: string): void {
  for (const path of git('ls-files', '-z').split('\0').filter(isText)) {
    const text = readFileSync(join(root, path), 'utf8');
    const own = path === 'apps/web/src/app-name.ts' ? withTitle(text, name) : text;
    const result = renamed(own, name);
    if (result !== text) writeFileSync(join(root, path), result);
  }
}

/** What the pages of the web app call it. */
function withTitle(source: string, name: string): string {
  return source.replace(/(appName = )'.*'/, `$1'${displayName(name)}'`);
}

function isText(path: string): boolean {
  if (!path || path === 'LICENSE') return false;
  const stats = lstatSync(join(root, path), { throwIfNoEntry: false });
  return stats?.isFile() === true && !readFileSync(join(root, path)).includes(0);
}

/** In `.env`, also where there is one: whoever knows it could sign in as anybody. */
function renewSecret(): void {
  const file = join(root, '.env');
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const emptied = text.replace(/^((?:export )?BETTER_AUTH_SECRET=).*$/m, '$1');
  writeFileSync(file, withSecret(emptied, randomBytes(32).toString('hex')), { mode: 0o600 });
}

function packageName(): string {
  return (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { name: string }).name;
}

function git(...args: string[]): string {
  try {
    return execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch (error) {
    throw new Error('This works in a clone under git alone: run git init, and commit everything first.', {
      cause: error,
    });
  }
}
