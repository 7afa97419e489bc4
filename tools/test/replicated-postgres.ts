import {
  appendFileSync,
  chmodSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nativeDirectory } from '../postgres/binaries.js';
import { superuser } from '../postgres/cluster.js';
import { type EmbeddedPostgres, startPostgres } from '../postgres/embedded-postgres.js';
import { chownTo, serverAccount } from '../postgres/server-account.js';
import { withDatabase } from './test-databases.js';

export interface ReplicatedPostgres {
  primary: EmbeddedPostgres;
  replica: EmbeddedPostgres;
  /** Connects to the replica as a superuser, which can pause it. */
  superuserUrl: string;
  stopReplica(): Promise<void>;
  startReplica(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a primary server and a replica that follows it by streaming replication. */
export async function startReplicatedPostgres(): Promise<ReplicatedPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'replicated-postgres-'));
  chmodSync(folder, 0o755);
  const [primaryData, replicaData] = [join(folder, 'primary'), join(folder, 'replica')];
  const { stop } = await startPostgres({ dataDirectory: primaryData });
  await stop();
  const { password, port } = JSON.parse(readFileSync(`${primaryData}.json`, 'utf8')) as {
    password: string;
    port: number;
  };
  copyStopped(primaryData, replicaData, { host: '127.0.0.1', port, user: superuser, password });
  writeFileSync(`${replicaData}.json`, JSON.stringify({ password }), { mode: 0o600 });

  const primary = await startPostgres({ dataDirectory: primaryData });
  let replica = await startPostgres({ dataDirectory: replicaData });
  const administration = new URL(withDatabase(replica.url, 'postgres'));
  administration.username = superuser;
  return {
    primary,
    replica,
    superuserUrl: administration.href,
    stopReplica: () => replica.stop(),
    async startReplica() {
      replica = await startPostgres({ dataDirectory: replicaData });
    },
    async stop() {
      await replica.stop();
      await primary.stop();
      rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}

/** Copies the files of a stopped server as a base backup, and makes the copy a standby. */
function copyStopped(from: string, to: string, primary: Record<string, string | number>): void {
  cpSync(from, to, { recursive: true });
  // Node 24 doesn't keep the mode of a folder, and PostgreSQL rejects any other.
  chmodSync(to, 0o700);
  writeFileSync(join(to, 'standby.signal'), '');
  const connection = Object.entries(primary).map(([name, value]) => `${name}=${value}`);
  appendFileSync(join(to, 'postgresql.auto.conf'), `primary_conninfo = '${connection.join(' ')}'\n`);
  const account = serverAccount(nativeDirectory(), from);
  for (const name of ['', ...readdirSync(to, { recursive: true, encoding: 'utf8' })]) {
    chownTo(account, join(to, name));
  }
}
