import type { BetterAuthPlugin } from 'better-auth';
import { APIError, createAuthMiddleware } from 'better-auth/api';

/** Characters (code points). A name is in every token, and the api takes no token over 8,192 characters. */
const MAX_LENGTHS = { name: 200, email: 254, image: 2_048 };
/** What Postgres cannot store. */
const UNSTORABLE = /\0|\p{Surrogate}/u;

interface Profile {
  name?: unknown;
  email?: unknown;
  image?: unknown;
}

/** What this server demands of an account beyond what Better Auth does. */
export function accountRules(): BetterAuthPlugin {
  return {
    id: 'account-rules',
    init: () => ({
      options: {
        databaseHooks: { user: { create: { before: checkProfile }, update: { before: checkProfile } } },
      },
    }),
    hooks: {
      before: [
        {
          // Better Auth deletes without the password while a session is less than a day old.
          matcher: (context) => context.path === '/delete-user',
          handler: createAuthMiddleware(async (context) => {
            const password: unknown = context.body?.password;
            if (typeof password !== 'string' || password === '') {
              throw badRequest('The current password is required.', 'PASSWORD_REQUIRED');
            }
          }),
        },
      ],
    },
  };
}

/** Better Auth takes a name of any type when it is changed, and Postgres keeps its JSON. */
async function checkProfile(user: Profile): Promise<void> {
  for (const [member, limit] of Object.entries(MAX_LENGTHS)) {
    const value = user[member as keyof Profile];
    if (value === undefined || (value === null && member === 'image')) continue;
    if (typeof value !== 'string') throw badRequest(`${member} must be text.`);
    if ([...value].length > limit) throw badRequest(`${member} must have at most ${limit} characters.`);
    if (UNSTORABLE.test(value))
      throw badRequest(`${member} must hold neither NUL nor half a surrogate pair.`);
  }
}

function badRequest(message: string, code = 'BAD_REQUEST'): APIError {
  return new APIError('BAD_REQUEST', { code, message });
}
