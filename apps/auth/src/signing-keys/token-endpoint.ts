import { KeyObject, sign, type webcrypto } from 'node:crypto';
import type { GenericEndpointContext } from 'better-auth';
import { APIError, createAuthEndpoint, getSessionFromCtx } from 'better-auth/api';
import { getJwtToken, type JwtOptions, resolveSigningKey } from 'better-auth/plugins/jwt';
import type { CurrentSessionReader } from '../better-auth/current-session.js';
import { SIGNING_ALGORITHM } from './signing-key-store.js';

interface SigningKey {
  kid: string;
  privateKey: KeyObject;
}

/**
 * Creates the endpoint `/token`. Unlike the one of Better Auth's jwt plugin, it decrypts and parses a signing key once, not
 * for every token. The statement that reads the session also says which key is active, so a rotation takes effect at once.
 */
export function tokenEndpoint(options: JwtOptions, readCurrentSession: CurrentSessionReader) {
  let cached: SigningKey | undefined;

  async function findSigningKey(
    context: GenericEndpointContext,
    activeKeyId: string,
  ): Promise<SigningKey | undefined> {
    if (activeKeyId !== cached?.kid) {
      cached = await readSigningKey(context, options);
    }
    return cached;
  }

  return createAuthEndpoint('/token', { method: 'GET', requireHeaders: true }, async (context) => {
    const found = await readCurrentSession(context);
    const session = found?.current ?? (await getSessionFromCtx(context));
    if (!session) {
      // The headers delete the cookie.
      throw new APIError(
        'UNAUTHORIZED',
        { message: 'Unauthorized', code: 'UNAUTHORIZED' },
        context.responseHeaders,
      );
    }
    context.context.session = session;
    const key = found?.activeKeyId ? await findSigningKey(context, found.activeKeyId) : undefined;
    // Better Auth reads its key itself, and creates one if none is active.
    const token = await getJwtToken(context, key ? signingWith(key, options) : options);
    return context.json({ token });
  });
}

async function readSigningKey(
  context: GenericEndpointContext,
  options: JwtOptions,
): Promise<SigningKey | undefined> {
  const key = await resolveSigningKey(context, options);
  return key
    ? { kid: key.kid, privateKey: KeyObject.from(key.privateKey as webcrypto.CryptoKey) }
    : undefined;
}

function signingWith({ kid, privateKey }: SigningKey, options: JwtOptions): JwtOptions {
  const header = encode({ alg: SIGNING_ALGORITHM, kid });
  const signClaims = (claims: object): string => {
    const signed = `${header}.${encode(claims)}`;
    return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), privateKey).toString('base64url')}`;
  };
  return { ...options, jwt: { ...options.jwt, sign: signClaims } };
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
