import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { connectDatabase } from '../src/database/database.js';
import { migrate } from '../src/database/migrator.js';
import { type ReplicatedPostgres, startReplicatedPostgres } from '../../../tools/test/replicated-postgres.js';
import { TcpProxy } from '../../../tools/test/tcp-proxy.js';
import { waitUntilReady } from '../../../tools/test/wait-until-ready.js';
import { type AuthServer, startAuthServerOn } from './auth-server.js';
import { PASSWORD } from './environment.js';
import { closeAfterTests, teardown } from './teardown.js';
import { waitUntil } from './wait-until.js';

let postgres: ReplicatedPostgres;
/** The address of the primary, as DNS or a virtual IP address has it. */
let proxy: TcpProxy;
let server: AuthServer;

beforeAll(async () => {
  postgres = await startReplicatedPostgres();
  closeAfterTests(() => postgres.stop());
  const db = connectDatabase({ url: postgres.primary.url, poolSize: 1 });
  await migrate(db);
  await db.destroy();
  proxy = await TcpProxy.to(postgres.primary.url);
  closeAfterTests(() => proxy.close());
  server = await startAuthServerOn(proxy.url, { DATABASE_POOL_SIZE: '3' });
}, 60_000);

afterAll(teardown);

it('returns 503 while its connections lead to a standby, and uses the new primary without a restart', async () => {
  const { client: ada, email } = await server.signUp('ada');
  const ready = async () => (await server.client().get('/health/ready')).status;
  const signUp = (name: string) =>
    server
      .client()
      .post('/api/auth/sign-up/email', { name, email: `${name}@example.com`, password: PASSWORD });
  const signIn = () => server.client().post('/api/auth/sign-in/email', { email, password: PASSWORD });

  proxy.retarget(postgres.replica.url);
  proxy.disconnect();
  await waitUntil(async () => (await ready()) === 503);
  for (const response of await Promise.all([signUp('bob'), signUp('carol'), signIn(), signIn()])) {
    expect(response.status).toBe(503);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(response.headers.getSetCookie()).toEqual([]);
  }
  expect((await ada.get('/api/auth/get-session')).body).toMatchObject({ user: { email } });

  // The standby keeps running: no connection breaks by itself.
  proxy.retarget(postgres.primary.url);
  await waitUntilReady(server.url, 5_000);
  await waitUntil(async () => (await signUp('bob')).status === 200);
  expect((await signIn()).status).toBe(200);
});
