import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { startThrowawayPostgres } from '../../tools/postgres/embedded-postgres.js';
import { withoutSettings } from '../../tools/test/environment.js';
import { startPgBouncer } from './pgbouncer.js';

/**
 * Migrates and runs the API tests through PgBouncer in transaction mode (Debian: apt-get install pgbouncer), where no
 * session state survives and no start-up parameter gets through. Arguments are passed on to Jest.
 */
const postgres = await startThrowawayPostgres();
const pooler = await startPgBouncer(postgres.url);
try {
  const migrate = () => npm(['run', '--silent', 'db:migrate'], { DATABASE_URL: pooler.url });
  const together = await Promise.all([migrate(), migrate(), migrate()]);
  const migrations = [...together, await migrate(), await migrate()];
  const migrated = migrations.filter((status) => status === 0).length;
  console.log(
    `Tests: ${migrations.length - migrated} failed, ${migrated} passed (migrations, three of them at once)`,
  );

  const status = await npm(['run', 'test:e2e', '--', ...process.argv.slice(2)], {
    TEST_DATABASE_URL: pooler.url,
    DATABASE_PREPARED_STATEMENTS: 'false',
  });
  const transactions = await pooler.transactions();
  console.log(`PgBouncer passed on ${transactions} transactions.`);
  process.exitCode = status === 0 && transactions > 0 && migrated === migrations.length ? 0 : 1;
} finally {
  await pooler.stop();
  await postgres.stop();
}

async function npm(args: string[], env: NodeJS.ProcessEnv): Promise<number | null> {
  const program = spawn('npm', args, { env: { ...withoutSettings(process.env), ...env }, stdio: 'inherit' });
  const [status] = (await once(program, 'exit')) as [number | null];
  return status;
}
