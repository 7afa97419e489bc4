import { describe, expect, it } from '@jest/globals';
import { type Manifest, removePackages, removeScripts } from './manifest.js';

const manifest = (changes: Partial<Manifest>): Manifest => ({
  name: 'x',
  scripts: {},
  dependencies: {},
  devDependencies: {},
  overrides: {},
  ...changes,
});

describe('removeScripts', () => {
  it('removes the commands that use a folder or a script that is gone', () => {
    const project = manifest({
      scripts: {
        build: 'nest build api && npm run build:web',
        'build:web': 'node tools/node-version.js && node apps/web/build.mjs',
        screenshots: 'node tools/node-version.js && playwright test --config=template/playwright.config.ts',
        'check:client': 'npm run build:web -- --check',
        types: 'node tools/node-version.js && tsc -p . && next typegen apps/web',
        boundaries: 'depcruise apps tools && depcruise template',
        start: 'node tools/run.js tools/start/main.ts',
      },
    });
    removeScripts(project, ['apps/web', 'template']);
    expect(project.scripts).toEqual({
      build: 'nest build api',
      types: 'node tools/node-version.js && tsc -p .',
      boundaries: 'depcruise apps tools',
      start: 'node tools/run.js tools/start/main.ts',
    });
  });
});

describe('removePackages', () => {
  it('keeps the packages that remaining sources import', () => {
    const project = manifest({
      dependencies: { pg: '1.0.0', react: '1.0.0', 'react-dom': '1.0.0' },
      devDependencies: { '@types/react': '1.0.0', jest: '1.0.0' },
      overrides: { react: '1.0.0' },
    });
    const sources = { removed: "import 'pg';\nimport 'react/jsx';", remaining: "import pg from 'pg';" };
    removePackages(project, sources, ['react-dom']);
    expect(project).toMatchObject({ dependencies: { pg: '1.0.0' }, devDependencies: { jest: '1.0.0' } });
    expect(Object.keys({ ...project.dependencies, ...project.devDependencies })).toEqual(['pg', 'jest']);
    expect(project.overrides).toEqual({});
  });
});
