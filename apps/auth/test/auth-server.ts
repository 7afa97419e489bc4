import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createTestDatabase, type TestDatabase } from '../../../tools/test/database.js';
import { createAuthServer } from '../src/app.factory.js';
import { readEnvironment } from '../src/config/env.js';
import { type Database, DATABASE } from '../src/database/database.js';
import { Browser } from './browser.js';
import { closeAtEnd } from './clean-up.js';

/** What browsers take the auth server to be, as if the web app stood in front of it. */
export const ORIGIN = 'http://app.test';

export const PASSWORD = 'correct horse battery';

export interface AuthServer {
  app: NestFastifyApplication;
  url: string;
  db: Database;
  /** A browser that has not been here before. */
  browser(headers?: Record<string, string>): Browser;
  /** A browser whose user has just signed up. */
  signUp(name: string): Promise<SignedUp>;
  /** Closed at the end of the test file at the latest. */
  close(): Promise<void>;
}

export interface SignedUp {
  browser: Browser;
  id: string;
  email: string;
}

/** The settings of an auth server on a database of its own. */
export function settings(databaseUrl: string, changes: Record<string, string> = {}): Record<string, string> {
  return {
    NODE_ENV: 'test',
    AUTH_DATABASE_URL: databaseUrl,
    BETTER_AUTH_URL: ORIGIN,
    BETTER_AUTH_SECRET: 'only-for-tests-and-for-nothing-else-0123456789',
    API_URL: 'http://api.test',
    API_INTERNAL_URL: 'http://127.0.0.1:9',
    LOG_LEVEL: 'silent',
    ...changes,
  };
}

/** Starts the auth server with these settings, listening on a free port. */
export async function startOn(
  databaseUrl: string,
  changes: Record<string, string> = {},
): Promise<AuthServer> {
  const app = await createAuthServer(readEnvironment(settings(databaseUrl, changes)));
  const close = closeAtEnd(() => app.close());
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const browser = (headers: Record<string, string> = {}) => new Browser(url, { origin: ORIGIN, ...headers });

  return {
    app,
    url,
    db: app.get<Database>(DATABASE),
    browser,
    signUp: async (name) => {
      const email = `${name}-${Math.random().toString(36).slice(2)}@example.com`;
      const signedUp = browser();
      const answer = await signedUp.post('/api/auth/sign-up/email', { name, email, password: PASSWORD });
      if (answer.status !== 200) {
        throw new Error(`Sign-up answered ${answer.status}: ${JSON.stringify(answer.body)}`);
      }
      return { browser: signedUp, id: answer.body.user.id, email };
    },
    close,
  };
}

/** Starts the auth server on a database of its own. */
export async function startAuthServer(changes: Record<string, string> = {}): Promise<AuthServer> {
  return startOn((await makeDatabase()).url, changes);
}

/** A database of one's own, with the tables. */
export async function makeDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase();
  closeAtEnd(() => database.drop());
  return database;
}
