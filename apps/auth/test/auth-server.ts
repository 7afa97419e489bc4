import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createAuthServer } from '../src/app.factory.js';
import { readEnvironment } from '../src/config/env.js';
import { type Database, DATABASE } from '../src/database/database.js';
import { Browser } from './browser.js';
import { closeAtEnd } from './clean-up.js';
import { makeDatabase, ORIGIN, PASSWORD, settings } from './settings.js';

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

/** Starts the auth server with these settings, listening on a free port. */
export async function startOn(
  databaseUrl: string,
  changes: Record<string, string> = {},
): Promise<AuthServer> {
  const { app } = await createAuthServer(readEnvironment(settings(databaseUrl, changes)));
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
