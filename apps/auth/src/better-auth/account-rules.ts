import { canParseUrl } from '@app/server/environment';
import { BASE_ERROR_CODES, type BetterAuthPlugin } from 'better-auth';
import { APIError, createAuthMiddleware, getSessionFromCtx } from 'better-auth/api';
import { requireFreshSession } from './fresh-session.js';

/** In code points. The name and the email are in every token, and the api rejects tokens over 8,192 characters. */
const MAX_LENGTHS = { name: 200, email: 254, image: 2_048 };

/** PostgreSQL cannot store NUL characters and unpaired surrogates. */
const UNSTORABLE = /\0|\p{Surrogate}/u;

interface Profile {
  name?: unknown;
  email?: unknown;
  image?: unknown;
}

/** Creates a plugin that validates accounts more strictly than Better Auth itself does. */
export function accountRules(): BetterAuthPlugin {
  return {
    id: 'account-rules',
    init: () => ({
      options: {
        databaseHooks: { user: { create: { before: validateProfile }, update: { before: validateProfile } } },
      },
    }),
    hooks: {
      before: [
        {
          // Better Auth requires no password while the session is less than a day old. An account without a password needs
          // a recent sign-in instead.
          matcher: (context) => context.path === '/delete-user',
          handler: createAuthMiddleware(async (context) => {
            const password: unknown = context.body?.password;
            if (typeof password === 'string' && password !== '') {
              return;
            }
            const session = await getSessionFromCtx(context);
            if (session && !(await context.context.internalAdapter.findCredentialAccount(session.user.id))) {
              await requireFreshSession(context);
              return;
            }
            throw badRequest('The current password is required.', 'PASSWORD_REQUIRED');
          }),
        },
        {
          // For a taken address, a sign-up that requires verification succeeds without creating a user. Its profile must
          // be validated as well: otherwise an invalid one would reveal whether the address is taken.
          matcher: (context) => context.path === '/sign-up/email',
          handler: createAuthMiddleware(async (context) => validateProfile(context.body ?? {})),
        },
        {
          matcher: (context) => context.path === '/change-password',
          handler: createAuthMiddleware(async ({ body }) => ({
            context: { body: { ...body, revokeOtherSessions: true } },
          })),
        },
      ],
    },
    onResponse: concealUnverifiedAccount,
  };
}

/**
 * Makes a sign-in with the right password of an unverified account look like one with a wrong password. Otherwise, a
 * sign-up and a sign-in with the same password would tell a free address (403) from a taken one (401).
 */
async function concealUnverifiedAccount(response: Response): Promise<{ response: Response } | undefined> {
  if (response.status !== 403) {
    return undefined;
  }
  const text = await response.clone().text();
  if (!text.includes(BASE_ERROR_CODES.EMAIL_NOT_VERIFIED.code)) {
    return undefined;
  }
  const { message, code } = BASE_ERROR_CODES.INVALID_EMAIL_OR_PASSWORD;
  return { response: Response.json({ message, code }, { status: 401 }) };
}

/** Better Auth accepts any type for a changed name and stores it as JSON. */
async function validateProfile(profile: Profile): Promise<void> {
  for (const [field, maxLength] of Object.entries(MAX_LENGTHS)) {
    const value = profile[field as keyof Profile];
    if (value === undefined || (value === null && field === 'image')) {
      continue;
    }
    if (typeof value !== 'string') {
      throw badRequest(`${field} must be a string.`);
    }
    if ([...value].length > maxLength) {
      throw badRequest(`${field} must have at most ${maxLength} characters.`);
    }
    if (UNSTORABLE.test(value)) {
      throw badRequest(`${field} must not contain NUL characters or unpaired surrogates.`);
    }
    if (field === 'image' && !isHttpsUrl(value)) {
      throw badRequest('image must be an https URL.');
    }
  }
}

const isHttpsUrl = (value: string) => /^https:\/\//i.test(value) && canParseUrl(value);

function badRequest(message: string, code = 'BAD_REQUEST'): APIError {
  return new APIError('BAD_REQUEST', { code, message });
}
