/** The import rules of this code base, each with its reason. Run by `npm run check:boundaries`. */

const features = '^apps/api/src/(?!config/|database/|http/|seed/)([^/]+)/';

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-rings',
      comment: 'Two files that import each other can only be understood, tested and moved together.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'nothing-unresolved',
      comment: 'An import that resolves to nothing is one that no other rule can see.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'libs-know-no-app',
      comment: 'A library serves any app.',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^apps/' },
    },
    {
      name: 'apps-meet-over-http',
      comment: 'Apps are deployed apart: they share libraries, never each other.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'features-do-not-know-each-other',
      comment:
        'A feature that truly needs another imports the other module, which exports its service: name the pair here, with its reason.',
      severity: 'error',
      from: { path: features },
      to: { path: features, pathNot: '^apps/api/src/$1/' },
    },
    {
      name: 'features-reach-rows-through-the-owned-repository',
      comment:
        'What runs SQL of any kind stays behind it: see docs/decisions/0002-scope-every-query-to-its-owner.md.',
      severity: 'error',
      from: { path: features, pathNot: 'spec\\.ts$' },
      to: {
        path: [
          '^apps/api/src/database/(?!(database\\.module|idempotency\\.service|owned\\.entity|owned-repository|owner-data\\.service|transactions)\\.ts$)',
          '^node_modules/(pg|@nestjs/typeorm)/',
          '^(node:)?module$',
        ],
      },
    },
    {
      name: 'features-import-at-the-top',
      comment: 'What a feature takes of a package is checked by name, and an import() names nothing.',
      severity: 'error',
      from: { path: features, pathNot: 'spec\\.ts$' },
      to: { dynamic: true },
    },
    {
      name: 'only-main-knows-the-app-module',
      comment: 'app.module.ts is the root: only what starts an app imports it.',
      severity: 'error',
      from: { pathNot: '^apps/[^/]+/(src/(main|openapi|app\\.factory)\\.ts$|test/)' },
      to: { path: '^apps/[^/]+/src/app\\.module\\.ts$' },
    },
    {
      name: 'libs-are-entered-by-their-index',
      comment: 'What index.ts does not export is free to change.',
      severity: 'error',
      from: { pathNot: '^libs/' },
      to: {
        path: '^libs/[^/]+/src/',
        // The commands in tools/ read .env as the servers do, without loading Nest.
        pathNot: [
          '^libs/[^/]+/src/index\\.ts$',
          '^libs/server/src/(environment/env-file|postgres/postgres-url)\\.ts$',
        ],
      },
    },
    {
      name: 'libs-enter-each-other-by-their-index',
      comment: 'The same holds between libraries.',
      severity: 'error',
      from: { path: '^libs/([^/]+)/' },
      to: { path: '^libs/[^/]+/src/', pathNot: ['^libs/$1/', '^libs/[^/]+/src/index\\.ts$'] },
    },
    {
      name: 'nothing-imports-a-test',
      comment: 'Tests and their harness stay out of what is deployed.',
      severity: 'error',
      from: {
        pathNot: [
          'spec\\.ts$',
          '/test/',
          // template:start
          '^template/',
          // template:end
        ],
      },
      to: { path: '(spec\\.ts$|^(apps|libs)/[^/]+/test/|^tools/test/)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: {
      path: [
        '^dist',
        // web:start
        '^apps/web',
        '^tools/generate/templates/web',
        // web:end
      ],
    },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
