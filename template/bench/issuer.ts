import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export const AUDIENCE = 'http://bench';

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');

export interface BenchIssuer {
  issuer: string;
  jwksUrl: string;
  publicKey: KeyObject;
  /** Returns a token of a user as apps/auth signs it. */
  token(user: number): string;
  close(): void;
}

/** Starts an issuer with one RS256 key. */
export async function startIssuer(): Promise<BenchIssuer> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'bench', alg: 'RS256', use: 'sig' };
  const server = createServer((_, response) => response.end(JSON.stringify({ keys: [jwk] })));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    issuer,
    jwksUrl: `${issuer}/jwks`,
    publicKey,
    token(user) {
      const now = Math.floor(Date.now() / 1000);
      const claims = { sub: `user-${user}`, email: `user-${user}@example.com`, name: `User ${user}` };
      const signed = `${encode({ alg: 'RS256', kid: 'bench' })}.${encode({ ...claims, iss: issuer, aud: AUDIENCE, iat: now, exp: now + 36_000 })}`;
      return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), privateKey).toString('base64url')}`;
    },
    close: () => server.close(),
  };
}
