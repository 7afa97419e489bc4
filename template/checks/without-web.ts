import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../tools/project.js';
import { equal, run, show, summarize, test } from '../ci/tests.js';

/** Takes the web app out of a clone of what is committed here, and installs what is left: `without-web.ts FOLDER`. */
const cwd = process.argv[2] as string;
/** Its folders, scripts, functions of `.ci/run`, and its address. */
const traces =
  /apps\/web|api-client|build:web|start:web|test:browser|generate:client|^ +browser$|screenshots|WEB_PORT|localhost:3000|web:3000/m;
/** What works with a web app and without, and what says why something is as it is. */
const speakOfIt = /^(docs\/decisions\/|apps\/auth\/test\/|tools\/(generate|setup|start|test)\/|.*spec\.ts$)/;
const packages = ['@tanstack/react-query', 'date-fns', 'next', 'openapi-fetch', 'react', 'tailwindcss'];

await test('a clone is made', () => {
  show('git', ['clone', '--quiet', root, cwd]);
  cpSync(join(root, 'node_modules'), join(cwd, 'node_modules'), { recursive: true, verbatimSymlinks: true });
});
await test('the web app is taken out, and nothing is left to be done by hand', () => {
  const { status, output } = run('npm', ['run', '--silent', 'setup', '--', '--without', 'web'], {
    cwd,
  });
  equal(status, 0);
  equal(/^.*yourself.*$/m.exec(output)?.[0], undefined);
});
await test('no file works with it', () => {
  const files = run('git', ['ls-files', '-z', '--cached', '--deduplicate'], { cwd }).output.split('\0');
  const deleted = new Set(run('git', ['ls-files', '-z', '--deleted'], { cwd }).output.split('\0'));
  const left = files.filter(
    (path) =>
      path &&
      !deleted.has(path) &&
      !speakOfIt.test(path) &&
      traces.test(readFileSync(join(cwd, path), 'utf8')),
  );
  equal(left.join(), '');
});
await test('none of its packages is left', () => {
  const { dependencies } = JSON.parse(readFileSync(join(cwd, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  equal(packages.filter((name) => name in dependencies).join(), '');
});
await test('what is left installs', () => show('npm', ['ci'], { cwd }));
summarize();
