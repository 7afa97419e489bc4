import { deepEqual, equal, ok } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { startThrowawayPostgres } from '../../tools/postgres/embedded-postgres.js';
import { withoutSettings } from '../../tools/test/environment.js';
import { startPgBouncer } from './pgbouncer.js';

/**
 * Runs the migrations and the API tests through PgBouncer in transaction mode (Debian: apt-get install pgbouncer), which
 * keeps no session state and accepts no startup parameters. Arguments are passed on to Jest.
 */
const postgres = await startThrowawayPostgres();
const pooler = await startPgBouncer(postgres.url);
try {
  const migrate = () => npm(['run', '--silent', 'db:migrate'], { DATABASE_URL: pooler.url });
  await test('migrations run three times at once', async () => {
    deepEqual(await Promise.all([migrate(), migrate(), migrate()]), [0, 0, 0]);
  });
  for (const time of ['again', 'a third time']) {
    await test(`migrations run ${time}`, async () => equal(await migrate(), 0));
  }
  for (const script of ['test:e2e', 'test:processes']) {
    await test(`npm run ${script} passes`, async () => {
      const status = await npm(['run', script, '--', ...process.argv.slice(2)], {
        TEST_DATABASE_URL: pooler.url,
        DATABASE_PREPARED_STATEMENTS: 'false',
      });
      equal(status, 0);
    });
  }
  await test('they ran through PgBouncer', async () => {
    const transactions = await pooler.transactions();
    console.log(`PgBouncer passed on ${transactions} transactions.`);
    ok(transactions > 0);
  });
} finally {
  await pooler.stop();
  await postgres.stop();
}

async function npm(args: string[], env: NodeJS.ProcessEnv): Promise<number | null> {
  const program = spawn('npm', args, { env: { ...withoutSettings(process.env), ...env }, stdio: 'inherit' });
  const [status] = (await once(program, 'exit')) as [number | null];
  return status;
}
