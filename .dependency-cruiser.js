/** The import rules of this code base and their reasons. `npm run check:boundaries` enforces them. */

const features = '^apps/api/src/(?!config/|database/|http/|seed/|system/)([^/]+)/';

const entryPoints = ['^libs/[^/]+/src/index\\.ts$', '^libs/server/src/(environment|postgres)/index\\.ts$'];

/** The files that may work across owners. A review of this list is a review of that access. */
const acrossOwners = ['^apps/api/src/app\\.(module|factory)\\.ts$'];

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-circular-imports',
      comment: 'Files that import each other can only be understood, tested and moved together.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolved-imports',
      comment: 'The other rules cannot see an import that does not resolve.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'libs-do-not-import-apps',
      comment: 'A library works with any app.',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^apps/' },
    },
    {
      name: 'apps-do-not-import-each-other',
      comment: 'Apps are deployed separately: they share libraries and communicate over HTTP.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'features-do-not-import-each-other',
      comment:
        'If a feature needs another one, export the service from its module, and add the pair here with its reason. ' +
        'Entities are free: a reference names the entity that it refers to.',
      severity: 'error',
      from: { path: features },
      to: { path: features, pathNot: ['^apps/api/src/$1/', '\\.entity\\.ts$'] },
    },
    {
      name: 'features-reach-rows-of-one-owner',
      comment: 'Features use OwnedRepository, or any query in OwnerScope: see docs/data-access.md.',
      severity: 'error',
      from: { path: features, pathNot: 'spec\\.ts$' },
      to: {
        path: [
          '^apps/api/src/database/(?!(database\\.module|idempotency\\.service|linked-ids\\.decorator|owned\\.entity|owned-repository|owner-data\\.service|owner-scope|shared-table\\.decorator|transactions)\\.ts$)',
          '^node_modules/(pg|@nestjs/typeorm)/',
          '^(node:)?module$',
        ],
      },
    },
    {
      name: 'only-listed-files-work-across-owners',
      comment:
        'Add the file to `acrossOwners` if it really needs the rows of all owners: see docs/data-access.md.',
      severity: 'error',
      from: { pathNot: ['^apps/api/src/system/', 'spec\\.ts$', ...acrossOwners] },
      to: { path: '^apps/api/src/system/' },
    },
    {
      name: 'features-have-no-dynamic-imports',
      comment: 'Imports are checked by name, and import() names nothing.',
      severity: 'error',
      from: { path: features, pathNot: 'spec\\.ts$' },
      to: { dynamic: true },
    },
    {
      name: 'only-entry-points-import-the-app-module',
      comment: 'app.module.ts is the root: only entry points and tests import it.',
      severity: 'error',
      from: { pathNot: '^apps/[^/]+/(src/(main|openapi|app\\.factory)\\.ts$|test/)' },
      to: { path: '^apps/[^/]+/src/app\\.module\\.ts$' },
    },
    {
      name: 'import-libs-through-their-index',
      comment: 'Files behind index.ts may change at any time.',
      severity: 'error',
      from: { pathNot: '^libs/' },
      to: {
        path: '^libs/[^/]+/src/',
        // The commands in tools/ read .env as the servers do, without loading Nest. An old Node can load no index.
        pathNot: [
          ...entryPoints,
          '^libs/server/src/(environment/env-file|node-version|postgres/postgres-url)\\.ts$',
        ],
      },
    },
    {
      name: 'libs-import-each-other-through-their-index',
      comment: 'The same rule between libraries.',
      severity: 'error',
      from: { path: '^libs/([^/]+)/' },
      to: { path: '^libs/[^/]+/src/', pathNot: ['^libs/$1/', ...entryPoints] },
    },
    {
      name: 'no-imports-of-tests',
      comment: 'Tests and their harness are not deployed.',
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
