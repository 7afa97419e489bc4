import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../tools/project.js';

const ofTheWeb =
  /^(apps\/web|libs\/api-client)\/|^deploy\/kubernetes\/base\/web\.yaml$|^docs\/(decisions\/005\d-|images\/)/;

/** What holds its imports as text. */
const speaksOfTheWeb = /^tools\/(ci\/template\/|generate\/templates\/web\.ts$|setup\/without-web\.ts$)/;

/** Packages that only the web app needs, and that no file of it imports. */
const unimported = ['@types/react', '@types/react-dom', 'openapi-typescript', 'react-dom'];

/** Where the rest speaks of the web app, and what stands there without it. */
const mentions: Record<string, [text: RegExp, without: string][]> = {
  '.ci/run': [
    [/^browser\(\) \{\n(?:.*\n)*?\}\n/m, ''],
    [/^ {2}browser\n/m, ''],
  ],
  '.dependency-cruiser.js': [[/\^\(dist\|apps\/web\)/, '^dist']],
  '.env.example': [
    [/# WEB_PORT=.*\n/, ''],
    [/(# BETTER_AUTH_URL=).*/, '$1${AUTH_URL}'],
  ],
  '.github/workflows/ci.yml': [[/ http:\/\/localhost:3000\/sign-in/g, '']],
  '.gitignore': [[/^(\.next\/|next-env\.d\.ts|playwright-report\/|test-results\/)\n/gm, '']],
  '.oxlintrc.json': [
    [/, "react", "nextjs", "jsx-a11y"/, ''],
    [/, "apps\/web\/\.next", "libs\/api-client\/src\/schema\.ts"/, ''],
    [/^ *"settings": \{ "next".*\n/m, ''],
    [/^ *"react\/.*\n/gm, ''],
  ],
  '.prettierignore': [[/^(\.next|libs\/api-client\/.*|next-env\.d\.ts)\n/gm, '']],
  'README.md': [
    [/, and a web app on top/, ''],
    [/^\| <http:\/\/localhost:3000> .*\n/m, ''],
    [/^browser ── http:\/\/localhost:3000.*\n(?: +▼\n)? +apps\/auth /m, 'browser ───────────▶ apps/auth '],
    [/^- `apps\/web` is a client like any other\. /m, '- '],
    [/Origin: http:\/\/localhost:3000/g, 'Origin: http://localhost:3002'],
    [/^<p>\n(?:.*\n)*?<\/p>\n\n/m, ''],
    [/^\| `npm run (?:test:browser|screenshots)`.*\n/gm, ''],
    [/, `start:web`/g, ''],
    [/^(\| `npm run openapi`), `generate:client`(.*from the controllers);.*/m, '$1$2 |'],
    [/production builds of all three apps/, 'production builds of both apps'],
    [/; `--without web`/, ''],
    [/; `--web`: with pages/, ''],
    [/; for the web app `AUTH_URL`, `API_URL` and `BETTER_AUTH_URL`/, ''],
    [/`AUTH_PORT`, `WEB_PORT`/, '`AUTH_PORT`'],
  ],
  'apps/api/src/config/env.ts': developmentAddress(),
  'apps/auth/src/config/env.ts': developmentAddress(),
  'deploy/Caddyfile': [[/^(\thandle \{\n)\t\treverse_proxy web(.*\n)*?\t\t\}\n/m, '$1\t\trespond 404\n']],
  'deploy/Dockerfile': [
    [/, `auth` and `web`/, ' and `auth`'],
    [/ apps\/web \.data/, ' .data'],
    [stage('build-web'), ''],
    [stage('web-packages'), ''],
    [stage('web'), ''],
  ],
  'deploy/compose.production.yml': [
    [key(2, 'web'), ''],
    [/^ *web: \{ condition.*\n/m, ''],
  ],
  'deploy/compose.trial.yml': [
    [key(2, 'web'), ''],
    [/(BETTER_AUTH_URL: ).*/, '$1http://localhost:3002'],
  ],
  'deploy/kubernetes/base/kustomization.yaml': [[/^ *- web\.yaml\n/m, '']],
  'deploy/kubernetes/base/network-policies.yaml': [
    [/, web and api to auth,/, ', api to auth,'],
    [/^# Who talks to whom: the ingress to all three/, '# Who talks to whom: the ingress to both servers'],
    [/values: \[api, web\]/, 'values: [api]'],
    [/^---\n(?:(?!---).*\n)*metadata: \{ name: web \}\n(?:(?!---).*\n)*/m, ''],
  ],
  'deploy/kubernetes/production/ingress.yaml': [[/^.*name: web,.*\n/m, '']],
  'deploy/kubernetes/production/kustomization.yaml': [[/^.*name: web,.*\n/m, '']],
  'docker-compose.yml': [
    [key(2, 'web'), ''],
    [/^ *WEB_PORT: .*\n/m, ''],
    [/(BETTER_AUTH_URL: ).*/, '$1http://localhost:${AUTH_PORT:-3002}'],
  ],
  'docs/add-a-module.md': [
    [/^With `--web` it gets pages(?:.*\n)*?.*with a browser test\. /m, ''],
    [/^`--without web` takes.*\n\n/m, ''],
    [/Origin: http:\/\/localhost:3000/, 'Origin: http://localhost:3002'],
    [/, and in the typed client of the web app/, ''],
    [
      /DTOs, the document and the client follow by hand, by `openapi` and by\s`generate:client`/,
      'DTOs and the document follow by hand and by `openapi`',
    ],
  ],
  'docs/deploy.md': [
    [
      /Three images, one Dockerfile: `api`, `auth` and `web`,/,
      'Two images, one Dockerfile: `api` and `auth`,',
    ],
    [/, and the rest to the web app\. /, ', and nothing else anywhere. '],
    [/for app in api auth web;/, 'for app in api auth;'],
  ],
  'docs/recipes.md': [
    [/^The web app goes with the example(?:.*\n)*?.* Then\n/m, 'Then\n'],
    [
      /^4\. In the web app, a button that calls `(.*)`\.$/m,
      '4. In your client, a button that calls Better Auth: `$1`.',
    ],
  ],
  'jest.config.js': [[/, '<rootDir>\/apps\/web'/, '']],
  'package.json': [[/, a Better Auth server and a Next\.js app/, ' and a Better Auth server']],
};

/** A key of a YAML file and all that is in it. */
function key(indent: number, name: string): RegExp {
  return new RegExp(
    `(?:^ {${indent}}#.*\\n)*^ {${indent}}${name}:.*\\n(?: {${indent + 1},}.*\\n|\\n(?= {${indent + 1}}))*\\n?`,
    'm',
  );
}

/** A stage of a Dockerfile. */
function stage(name: string): RegExp {
  return new RegExp(`^FROM \\S+ AS ${name}\\n(?:(?!FROM ).*\\n)*`, 'm');
}

interface Package {
  scripts: Record<string, string>;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  overrides: Record<string, unknown>;
}

/** Takes the web app out, with what only it needs. Browsers then see the auth server at its own address. */
export function takeOutWeb(): void {
  if (!existsSync(join(root, 'apps/web'))) throw new Error('The web app is out already.');
  const paths = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' })
    .split('\0')
    .filter(Boolean);
  const web = paths.filter((path) => ofTheWeb.test(path));
  const rest = paths.filter((path) => !ofTheWeb.test(path) && !speaksOfTheWeb.test(path));
  const manifest = JSON.parse(read('package.json')) as Package;
  removeScripts(manifest);
  removePackages(manifest, sourcesOf(web), sourcesOf(rest));
  write('package.json', `${JSON.stringify(manifest, null, 2)}\n`);
  for (const path of web) rmSync(join(root, path));
  for (const folder of ['apps/web', 'libs/api-client'])
    rmSync(join(root, folder), { recursive: true, force: true });
  const missed = Object.entries(mentions).flatMap(([path, changes]) => removeMentions(path, changes));
  execute(
    process.execPath,
    'node_modules/prettier/bin/prettier.cjs',
    '--write',
    '--ignore-unknown',
    ...Object.keys(mentions),
  );
  execute('npm', 'install', '--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund');
  if (missed.length > 0)
    console.log(`Take the web app out of these yourself: ${[...new Set(missed)].join(', ')}.`);
  console.log('The web app is out. Run npm ci, so that what only it needed goes too.');
}

function developmentAddress(): [RegExp, string][] {
  return [
    [/^ *WEB_PORT: .*\n/m, ''],
    [/(BETTER_AUTH_URL: )'http:\/\/localhost:\$\{WEB_PORT\}'/, "$1'$${AUTH_URL}'"],
  ];
}

/** Those that work on its folders, those that only run such a one, and the part of others that does. */
function removeScripts({ scripts }: Package): void {
  const isOut = (command: string) => {
    const [, called] = /^npm run ([\w:-]+)/.exec(command) ?? [];
    return /apps\/web|libs\/api-client/.test(command) || (called !== undefined && !(called in scripts));
  };
  let before: string;
  do {
    before = JSON.stringify(scripts);
    for (const [name, script] of Object.entries(scripts)) {
      const kept = script.split(' && ').filter((command) => !isOut(command));
      if (kept.length > 0) scripts[name] = kept.join(' && ');
      else delete scripts[name];
    }
  } while (JSON.stringify(scripts) !== before);
}

function removePackages(
  { dependencies, devDependencies, overrides }: Package,
  web: string,
  rest: string,
): void {
  for (const packages of [dependencies, devDependencies]) {
    for (const name of Object.keys(packages)) {
      if ((unimported.includes(name) || imports(web, name)) && !imports(rest, name)) {
        delete packages[name];
        delete overrides[name];
      }
    }
  }
}

function imports(sources: string, name: string): boolean {
  return new RegExp(`['"]${name}(/[^'"]*)?['"]`).test(sources);
}

function sourcesOf(paths: string[]): string {
  return paths
    .filter((path) => /\.([mc]?[jt]sx?|css)$/.test(path))
    .map(read)
    .join('\n');
}

/** @returns the path where it does not speak of the web app as it did: somebody changed it. */
function removeMentions(path: string, changes: [RegExp, string][]): string[] {
  const text = read(path);
  write(
    path,
    changes.reduce((result, [mention, without]) => result.replace(mention, without), text),
  );
  return changes.every(([mention]) => text.search(mention) !== -1) ? [] : [path];
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
