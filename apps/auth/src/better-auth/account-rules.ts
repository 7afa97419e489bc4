import type { BetterAuthPlugin } from 'better-auth';
import { APIError, createAuthMiddleware } from 'better-auth/api';

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
          // Better Auth requires no password while the session is less than a day old.
          matcher: (context) => context.path === '/delete-user',
          handler: createAuthMiddleware(async (context) => {
            const password: unknown = context.body?.password;
            if (typeof password !== 'string' || password === '') {
              throw badRequest('The current password is required.', 'PASSWORD_REQUIRED');
            }
          }),
        },
        {
          matcher: (context) => context.path === '/change-password',
          handler: createAuthMiddleware(async ({ body }) => ({
            context: { body: { ...body, revokeOtherSessions: true } },
          })),
        },
      ],
    },
  };
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

const isHttpsUrl = (value: string) => /^https:\/\//i.test(value) && URL.canParse(value);

function badRequest(message: string, code = 'BAD_REQUEST'): APIError {
  return new APIError('BAD_REQUEST', { code, message });
}
