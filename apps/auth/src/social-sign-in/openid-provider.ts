import type { BetterAuthPlugin } from 'better-auth';
import { genericOAuth, type GenericOAuthConfig } from 'better-auth/plugins/generic-oauth';
import { mapProfile, type OpenIdClient } from './social-providers.js';

/** Creates the plugin for an OpenID provider, which is found through its discovery document. */
export function openIdProvider(
  { issuer, name, clientId, clientSecret }: OpenIdClient,
  requireEmailVerification: boolean,
): BetterAuthPlugin {
  const config: GenericOAuthConfig = {
    providerId: 'oidc',
    name,
    clientId,
    clientSecret,
    discoveryUrl: `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
    requireIdTokenVerification: true,
    scopes: ['openid', 'email', 'profile'],
    requireEmailVerification,
    mapProfileToUser: mapProfile,
    // A subject is unique within its issuer only, and OIDC_ISSUER may change.
    accountSubject: ({ profile: { sub } }) => (sub ? `${issuer} ${sub}` : ''),
  };
  return {
    ...genericOAuth({ config: [config] }),
    // By default, the plugin waits for the discovery document at startup, without a time limit. Marked as pending, it is
    // fetched with the first sign-in, within ten seconds.
    init: () => ({ context: { genericOAuthPendingDiscovery: new Map([[config.providerId, config]]) } }),
  };
}
