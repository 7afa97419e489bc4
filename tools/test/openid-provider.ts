import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createKey } from './issuer.js';

/** The claims of a user at the provider. */
export interface ProviderAccount {
  email?: string;
  email_verified?: boolean;
  name?: string;
}

/** The parts of oidc-provider that the tests use. It has no types. */
interface Provider {
  callback(): (request: IncomingMessage, response: ServerResponse) => void;
  interactionFinished(request: IncomingMessage, response: ServerResponse, result: object): Promise<void>;
  Grant: new (grant: object) => { addOIDCScope(scope: string): void; save(): Promise<string> };
}

interface Context {
  oidc: { client: { clientId: string }; session: { accountId: string }; provider: Provider };
}

export interface OpenIdProvider {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** The users, by subject. A test may add any. */
  accounts: Map<string, ProviderAccount>;
  /**
   * Signs in as `subject`, or cancels, as a new browser would.
   *
   * @param url the URL of the provider that the auth server has returned
   * @returns the URL of the auth server that the provider redirects to
   */
  authorize(url: string, subject: string | 'cancel'): Promise<URL>;
  close(): Promise<void>;
}

/**
 * Starts a certified OpenID provider for one client.
 *
 * @param origin the public origin of the auth server
 * @param options.pages shows sign-in pages, for tests with a browser; otherwise, `authorize()` signs in
 */
export async function startOpenIdProvider(
  origin: string,
  { pages = false, port = 0 } = {},
): Promise<OpenIdProvider> {
  // @ts-expect-error oidc-provider has no types
  const module = (await import('oidc-provider')) as {
    Provider: new (issuer: string, options: object) => Provider;
  };
  const server = createServer();
  await once(server.listen(port, 'localhost'), 'listening');
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`;
  const accounts = new Map<string, ProviderAccount>();
  const clientId = 'acme';
  const clientSecret = 'client-secret-of-the-test';
  const key = createKey('RS256', 'oidc');
  let nextSubject = 'cancel';

  const provider = new module.Provider(issuer, {
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        token_endpoint_auth_method: 'client_secret_post',
        redirect_uris: [`${origin}/api/auth/callback/oidc`],
      },
    ],
    jwks: { keys: [{ ...key.privateKey.export({ format: 'jwk' }), kid: 'oidc', alg: 'RS256', use: 'sig' }] },
    cookies: { keys: ['a secret of this test'] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    features: { devInteractions: { enabled: pages }, rpInitiatedLogout: { enabled: false } },
    ...(!pages && { interactions: { url: (_: unknown, { uid }: { uid: string }) => `/interaction/${uid}` } }),
    findAccount: (_: unknown, accountId: string) => ({
      accountId,
      claims: () => ({ sub: accountId, ...accounts.get(accountId) }),
    }),
    // Grants everything without a page.
    loadExistingGrant: async ({ oidc }: Context) => {
      const grant = new oidc.provider.Grant({
        clientId: oidc.client.clientId,
        accountId: oidc.session.accountId,
      });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
  });

  const respond = provider.callback();
  server.on('request', (request, response) => {
    if (!pages && request.url?.startsWith('/interaction/')) {
      const result =
        nextSubject === 'cancel' ? { error: 'access_denied' } : { login: { accountId: nextSubject } };
      void provider.interactionFinished(request, response, result);
    } else {
      respond(request, response);
    }
  });

  return {
    issuer,
    clientId,
    clientSecret,
    accounts,
    async authorize(url, subject) {
      nextSubject = subject;
      const cookies = new Map<string, string>();
      for (let current = new URL(url); current.origin === issuer;) {
        const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
        const response = await fetch(current, { redirect: 'manual', headers: { cookie } });
        for (const header of response.headers.getSetCookie()) {
          const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(header) ?? [];
          cookies.set(name, value);
        }
        const location = response.headers.get('location');
        if (!location) {
          throw new Error(`The provider responded with ${response.status}: ${await response.text()}`);
        }
        current = new URL(location, current);
        if (current.origin !== issuer) {
          return current;
        }
      }
      throw new Error(`${url} is not a page of the provider.`);
    },
    async close() {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}
