import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Type } from '@nestjs/common';
import request, { type Test } from 'supertest';
import { createTestDatabase } from '../../../tools/test/database.js';
import { type Issuer, startIssuer } from '../../../tools/test/issuer.js';
import { createApi } from '../src/app.factory.js';
import { type Environment, readEnvironment } from '../src/config/env.js';
import { expectDocumented } from './openapi-check.js';

/** No cache may store what a user received. */
const NOT_STORED = 'private, no-store';

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** Sends requests as one user. Checks that every response matches the OpenAPI document and is not cacheable. */
export type Client = Record<Method, (path: string) => Test> & { id: string; token: string };

export interface RunningApi {
  url: string;
  databaseUrl: string;
  issuer: Issuer;
  /** Returns a provider of the app. */
  get<T>(type: Type<T>): T;
  /** Creates a new user. The id is unique, so that tests do not share data. */
  as(name: string, claims?: Record<string, unknown>): Promise<Client>;
  /** Sends requests without a token. */
  anonymous: Client;
  close(): Promise<void>;
}

function client(url: string, id: string, token: string): Client {
  const send = (method: Method) => (path: string) => {
    const test = request(url)[method](path).expect(expectDocumented);
    return token ? test.set('Authorization', `Bearer ${token}`).expect('Cache-Control', NOT_STORED) : test;
  };
  return {
    id,
    token,
    get: send('get'),
    post: send('post'),
    put: send('put'),
    patch: send('patch'),
    delete: send('delete'),
  };
}

export const AUDIENCE = 'http://api.test';

/** Starts the api on a free port, with its own database and token issuer. */
export async function startApi(
  overrides: Record<string, string> = {},
  givenIssuer?: Issuer,
): Promise<RunningApi> {
  const [database, issuer] = await Promise.all([createTestDatabase(), givenIssuer ?? startIssuer()]);
  const env: Environment = readEnvironment({
    NODE_ENV: 'production',
    DATABASE_URL: database.url,
    DATABASE_PREPARED_STATEMENTS: process.env.DATABASE_PREPARED_STATEMENTS,
    JWKS_URL: issuer.jwksUrl,
    JWT_ISSUER: issuer.url,
    JWT_AUDIENCE: AUDIENCE,
    RATE_LIMIT_PER_MINUTE: '0',
    LOG_LEVEL: 'fatal',
    ...overrides,
  });
  const { app } = await createApi(env);
  try {
    await app.listen(0, '127.0.0.1');
  } catch (error) {
    await app.close();
    await issuer.close();
    await database.drop();
    throw error;
  }
  const server = app.getHttpServer();
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    databaseUrl: database.url,
    issuer,
    get: (type) => app.get(type, { strict: false }),
    async as(name, claims = {}) {
      const id = `${name}-${randomUUID()}`;
      const token = await issuer.sign({
        sub: id,
        aud: env.JWT_AUDIENCE,
        name,
        email: `${name}@example.com`,
        ...claims,
      });
      return client(url, id, token);
    },
    anonymous: client(url, '', ''),
    async close() {
      const closed = once(server, 'close');
      await app.close();
      await closed;
      await issuer.close();
      await database.drop();
    },
  };
}
