import { spawnSync } from 'node:child_process';
import { expect, it } from '@jest/globals';
import { root } from '../project.js';
import { queryOnce } from '../test/test-databases.js';

const DATABASE_URL = process.env.TEST_SERVER_URL!;

const run = (program: string, env: NodeJS.ProcessEnv = {}) =>
  spawnSync(process.execPath, ['tools/run.js', program], {
    cwd: root,
    env: { ...process.env, BETTER_AUTH_SECRET: 'x'.repeat(32), DATABASE_URL, ...env, NODE_ENV: undefined },
    encoding: 'utf8',
  });

it('db:url prints an address that works', async () => {
  const { stdout } = run('tools/db/url.ts');
  expect(await queryOnce(stdout.trim(), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

it('db:psql says in one sentence that psql is not installed', () => {
  const { status, stderr } = run('tools/db/psql.ts', { PATH: '' });
  expect(stderr).toMatch(/^psql is not installed: .*\n$/);
  expect(status).toBe(1);
});
