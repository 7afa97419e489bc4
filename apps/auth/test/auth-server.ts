import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createAuthServer } from '../src/app.factory.js';
import { readEnvironment } from '../src/config/env.js';
import { type Database, DATABASE, databaseTimeouts } from '../src/database/database.js';
import { createDatabase, ORIGIN, PASSWORD, testEnvironment } from './environment.js';
import { HttpClient } from './http-client.js';
import { closeAfterTests } from './teardown.js';

// A busy machine can take longer than a user should wait. database-outage.process-spec.ts tests the limits in a process of its own.
Object.assign(databaseTimeouts, { connectionMs: 20_000, queryMs: 20_000 });

export interface AuthServer {
  app: NestFastifyApplication;
  url: string;
  db: Database;
  /** Creates a client without cookies. */
  client(headers?: Record<string, string>): HttpClient;
  /** Creates a user whose client is signed in. */
  signUp(name: string): Promise<SignedUp>;
  /** Closes the server before `teardown` does. */
  close(): Promise<void>;
}

export interface SignedUp {
  client: HttpClient;
  id: string;
  email: string;
}

/** Starts the auth server in this process, on a free port, with an existing database. */
export async function startAuthServerOn(
  databaseUrl: string,
  overrides: Record<string, string> = {},
): Promise<AuthServer> {
  const { app } = await createAuthServer(readEnvironment(testEnvironment(databaseUrl, overrides)));
  const close = closeAfterTests(() => app.close());
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const createClient = (headers: Record<string, string> = {}) =>
    new HttpClient(url, { origin: ORIGIN, ...headers });

  return {
    app,
    url,
    db: app.get<Database>(DATABASE),
    client: createClient,
    signUp: async (name) => {
      const email = `${name}-${Math.random().toString(36).slice(2)}@example.com`;
      const client = createClient();
      const { status, body } = await client.post('/api/auth/sign-up/email', {
        name,
        email,
        password: PASSWORD,
      });
      if (status !== 200) {
        throw new Error(`Sign-up failed with ${status}: ${JSON.stringify(body)}`);
      }
      return { client, id: body.user.id, email };
    },
    close,
  };
}

/** Starts the auth server in this process with a new database. */
export async function startAuthServer(overrides: Record<string, string> = {}): Promise<AuthServer> {
  return startAuthServerOn((await createDatabase()).url, overrides);
}
