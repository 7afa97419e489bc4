import { canParseUrl } from '@app/server/environment';
import type { AuthContext, BetterAuthPlugin } from 'better-auth';
import { APIError, createAuthMiddleware } from 'better-auth/api';

/** The parameters that Better Auth redirects to, in the query or in the body. */
const REDIRECT_PARAMETERS = ['callbackURL', 'redirectTo', 'errorCallbackURL', 'newUserCallbackURL'];

/** Better Auth stores these parameters until a sign-in with a provider is complete. */
const MAX_LENGTH = 2_048;

/** A path or an http URL in printable ASCII. URL parsers disagree about backslashes, control characters and other spellings. */
const PLAIN_URL = /^(?:\/(?!\/)|https?:\/\/(?!\/))[\x20-\x5b\x5d-\x7e]*$/i;

/** `/`, `\` and control characters. Some routers decode a path before they split it. */
const ENCODED_SEPARATOR = /%2f|%5c|%[01][0-9a-f]|%7f/i;

type Origins = Pick<AuthContext, 'baseURL' | 'isTrustedOrigin'>;
type Providers = Pick<AuthContext, 'baseURL' | 'socialProviders'>;

/**
 * Creates a plugin that rejects redirects to other origins. Better Auth's own check accepts `/..//example.com`, and
 * resolves its dot segments after the check: the redirect is `//example.com`, which is another origin.
 */
export function redirectRules(): BetterAuthPlugin {
  return {
    id: 'redirect-rules',
    hooks: {
      before: [
        {
          matcher: ({ request }) => request !== undefined,
          handler: createAuthMiddleware(async ({ query, body, context }) => {
            for (const name of REDIRECT_PARAMETERS) {
              const values: unknown[] = [query?.[name], body?.[name]].flat();
              if (!values.every((value) => !value || (isShort(value) && isSafeRedirect(value, context)))) {
                throw new APIError('BAD_REQUEST', {
                  code: 'INVALID_CALLBACK_URL',
                  message: `${name} must be a path that starts with one slash, or a URL of a trusted origin, with at most ${MAX_LENGTH} characters.`,
                });
              }
            }
          }),
        },
      ],
    },
  };
}

const isShort = (value: unknown) => typeof value === 'string' && value.length <= MAX_LENGTH;

/** Returns whether every URL parser resolves `url` to the origin of this server or to a trusted origin. */
export function isSafeRedirect(url: unknown, context: Origins): boolean {
  if (typeof url !== 'string' || !PLAIN_URL.test(url) || !URL.canParse(url, context.baseURL)) {
    return false;
  }
  const { origin, pathname, username, password } = new URL(url, context.baseURL);
  // `/%5C/..` resolves to `/` here, but to another origin in a parser that decodes before it resolves dot segments.
  const [unresolvedPath] = url.split(/[?#]/) as [string];
  return (
    context.isTrustedOrigin(origin) &&
    !pathname.startsWith('//') &&
    !ENCODED_SEPARATOR.test(unresolvedPath) &&
    username + password === ''
  );
}

/** Returns whether `url` is on the origin of the sign-in or sign-out page of a configured provider. */
export async function isProviderUrl(url: string, { baseURL, socialProviders }: Providers): Promise<boolean> {
  const unused = { state: 'unused', codeVerifier: 'unused', redirectURI: baseURL };
  const pages = await Promise.allSettled(
    socialProviders.flatMap((provider) => [
      provider.createAuthorizationURL(unused),
      provider.createEndSessionURL?.({}),
    ]),
  );
  return pages.some(
    (page) =>
      page.status === 'fulfilled' &&
      page.value &&
      canParseUrl(url) &&
      new URL(page.value).origin === new URL(url).origin,
  );
}
