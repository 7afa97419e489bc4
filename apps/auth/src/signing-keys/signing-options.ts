import { KeyObject, sign, type webcrypto } from 'node:crypto';
import type { GenericEndpointContext } from 'better-auth';
import { type JwtOptions, resolveSigningKey } from 'better-auth/plugins/jwt';
import { SIGNING_ALGORITHM } from './signing-key-store.js';

interface SigningKey {
  kid: string;
  privateKey: KeyObject;
}

/** Returns the options with which Better Auth signs the next token. */
export type SigningOptions = (
  context: GenericEndpointContext,
  activeKeyId: string | undefined,
) => Promise<JwtOptions>;

/**
 * Creates options that decrypt and parse a signing key once, unlike Better Auth, which does it for every token. The caller
 * reads which key is active with its own statement, so a rotation takes effect at once.
 */
export function cachedSigningOptions(options: JwtOptions): SigningOptions {
  let cached: SigningKey | undefined;
  return async (context, activeKeyId) => {
    if (activeKeyId !== undefined && activeKeyId !== cached?.kid) {
      cached = await readSigningKey(context, options);
    }
    // Without an active key, Better Auth creates one.
    return activeKeyId !== undefined && cached ? signingWith(cached, options) : options;
  };
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
  const signClaims = (claims: object, header?: object): string => {
    const signed = `${encode({ ...header, alg: SIGNING_ALGORITHM, kid })}.${encode(claims)}`;
    return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), privateKey).toString('base64url')}`;
  };
  return { ...options, jwt: { ...options.jwt, sign: signClaims } };
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
