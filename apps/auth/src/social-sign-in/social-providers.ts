import { getOAuthState } from 'better-auth/api';
import { z } from 'zod';

export interface ClientCredentials {
  clientId: string;
  clientSecret: string;
}

export interface OpenIdClient extends ClientCredentials {
  /** The URL of the issuer. Its discovery document is at `/.well-known/openid-configuration` below it. */
  issuer: string;
  /** Shown on buttons. */
  name: string;
}

/** The configured providers. */
export interface SocialProviders {
  google?: ClientCredentials;
  github?: ClientCredentials;
  microsoft?: ClientCredentials;
  oidc?: OpenIdClient;
}

export interface ProviderName {
  id: string;
  name: string;
}

const MAX_NAME_LENGTH = 100;

const emailAddress = z.email().max(254);

/** Lists the configured providers in the order of their buttons. */
export function listProviders({ google, github, microsoft, oidc }: SocialProviders): ProviderName[] {
  return [
    ...(google ? [{ id: 'google', name: 'Google' }] : []),
    ...(github ? [{ id: 'github', name: 'GitHub' }] : []),
    ...(microsoft ? [{ id: 'microsoft', name: 'Microsoft' }] : []),
    ...(oidc ? [{ id: 'oidc', name: oidc.name }] : []),
  ];
}

/** Returns Better Auth's options of the providers that it knows. They request the name and the address only. */
export function providerOptions(
  { google, github, microsoft }: SocialProviders,
  requireEmailVerification: boolean,
) {
  const rules = { requireEmailVerification, disableIdTokenSignIn: true };
  return {
    ...(google && { google: { ...google, ...rules, mapProfileToUser: mapProfile } }),
    ...(github && { github: { ...github, ...rules, mapProfileToUser: mapProfile } }),
    ...(microsoft && {
      microsoft: {
        ...microsoft,
        ...rules,
        disableDefaultScope: true,
        scope: ['openid', 'profile', 'email'],
        disableProfilePhoto: true,
        mapProfileToUser: mapMicrosoftProfile,
      },
    }),
  };
}

interface Profile {
  name?: unknown;
  /** The user name at GitHub. */
  login?: unknown;
  email?: unknown;
}

/** The address that the provider returned in this request, by Better Auth's state of the request. */
const addresses = new WeakMap<object, string>();

/** Returns the address that a provider returned in the current callback. */
export async function getProviderAddress(): Promise<string | undefined> {
  const state = await getOAuthState();
  return state ? addresses.get(state) : undefined;
}

/**
 * Returns the fields of a new user. The image isn't stored, because nothing shows it.
 *
 * To connect a provider, Better Auth requires an address that the provider has verified. A user who is signed in at both
 * sides has proven more, so the address doesn't matter then.
 */
export async function mapProfile({ name, login, email }: Profile) {
  const state = await getOAuthState();
  const address = emailAddress.safeParse(email).data;
  if (state && address) {
    addresses.set(state, address);
  }
  return {
    name: toName(name) || toName(login) || toName(address?.split('@')[0]),
    email: address,
    image: undefined,
    ...(state?.link && { emailVerified: true }),
  };
}

/** The administrator of any Entra tenant can set any address, and make the token call it verified. */
async function mapMicrosoftProfile(profile: Profile) {
  return { emailVerified: false, ...(await mapProfile(profile)) };
}

/** PostgreSQL cannot store NUL characters and unpaired surrogates. */
function toName(value: unknown): string {
  const text = typeof value === 'string' ? value.replace(/\0|\p{Surrogate}/gu, '').trim() : '';
  return [...text].slice(0, MAX_NAME_LENGTH).join('');
}
