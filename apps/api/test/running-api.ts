import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { DynamicModule, Type } from '@nestjs/common';
import request, { type Test } from 'supertest';
import { DataSource } from 'typeorm';
import { createTestDatabase } from '../../../tools/test/database.js';
import { type Issuer, startIssuer } from '../../../tools/test/issuer.js';
import { createApi } from '../src/app.factory.js';
import { AppModule } from '../src/app.module.js';
import { type Environment, readEnvironment } from '../src/config/env.js';
import { ConnectionLimiter } from '../src/database/connection-limiter.js';
import { getPool } from '../src/database/queryable.js';
import { createOpenApiDocument } from '../src/http/openapi-document.js';
import { createDocumentCheck, document, type OpenApiDocument } from './openapi-check.js';

/** No cache may store what a user received. */
const NOT_STORED = 'private, no-store';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** Sends requests as one user. Checks that every response matches the OpenAPI document and is not cacheable. */
export type Client = Record<Method, (path: string) => Test> & { id: string; token: string };

export interface RunningApi {
  url: string;
  databaseUrl: string;
  issuer: Issuer;
  /** The committed document, or the generated one if the test changed the root module. */
  document: OpenApiDocument;
  /** Returns a provider of the app. */
  get<T>(type: Type<T>): T;
  /** Creates a new user. The id is unique, so that tests do not share data. */
  as(name: string, claims?: Record<string, unknown>, header?: Record<string, unknown>): Promise<Client>;
  /** Sends requests without a token. */
  anonymous: Client;
  close(): Promise<void>;
}

type Check = ReturnType<typeof createDocumentCheck>;

const expectDocumented = createDocumentCheck(document);

function client(url: string, id: string, token: string, check: Check): Client {
  const send = (method: Method) => (path: string) => {
    const test = request(url)[method](path).expect(check);
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

/** On a busy machine, concurrent requests of one user can wait longer for a connection than in production. */
const TURN_TIMEOUT_MS = 15_000;

/**
 * Starts the api on a free port, with its own database and token issuer unless they are given.
 * @param options.keepsWaitTimeouts True for tests of the response to a full pool or a database that is down.
 */
export async function startApi(
  overrides: Record<string, string> = {},
  givenIssuer?: Issuer,
  changeModule?: (module: ReturnType<typeof AppModule.forRoot>, env: Environment) => DynamicModule,
  { keepsWaitTimeouts = false } = {},
): Promise<RunningApi> {
  const database = overrides.DATABASE_URL ? undefined : await createTestDatabase();
  const databaseUrl = database?.url ?? overrides.DATABASE_URL!;
  // A new key for RS256 takes a quarter of a second of CPU time. tokens.e2e-spec.ts tests each algorithm.
  const issuer = givenIssuer ?? (await startIssuer('ES256'));
  const env: Environment = readEnvironment({
    NODE_ENV: 'production',
    DATABASE_URL: databaseUrl,
    DATABASE_PREPARED_STATEMENTS: process.env.DATABASE_PREPARED_STATEMENTS,
    JWKS_URL: issuer.jwksUrl,
    JWT_ISSUER: issuer.url,
    JWT_AUDIENCE: AUDIENCE,
    RATE_LIMIT_PER_MINUTE: '0',
    LOG_LEVEL: 'fatal',
    ...overrides,
  });
  const { app } = await createApi(env, changeModule?.(AppModule.forRoot(env), env));
  const own = changeModule ? (createOpenApiDocument(app) as unknown as OpenApiDocument) : document;
  const check = changeModule ? createDocumentCheck(own) : expectDocumented;
  try {
    await app.listen(0, '127.0.0.1');
  } catch (error) {
    await app.close();
    await issuer.close();
    await database?.drop();
    throw error;
  }
  if (!keepsWaitTimeouts) {
    app.get(ConnectionLimiter).waitTimeoutMs = TURN_TIMEOUT_MS;
    getPool(app.get(DataSource)).options.connectionTimeoutMillis = TURN_TIMEOUT_MS;
  }
  const server = app.getHttpServer();
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    databaseUrl,
    issuer,
    document: own,
    get: (type) => app.get(type, { strict: false }),
    async as(name, claims = {}, header = {}) {
      const id = `${name}-${randomUUID()}`;
      const token = await issuer.sign(
        {
          sub: id,
          aud: env.JWT_AUDIENCE,
          name,
          email: `${name}@example.com`,
          ...claims,
        },
        { header },
      );
      return client(url, id, token, check);
    },
    anonymous: client(url, '', '', check),
    async close() {
      const closed = once(server, 'close');
      await app.close();
      await closed;
      await issuer.close();
      await database?.drop();
    },
  };
}
