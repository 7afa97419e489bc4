import type { BetterAuthPlugin } from 'better-auth';
import { APIError, createAuthEndpoint, createAuthMiddleware, getSessionFromCtx } from 'better-auth/api';
import { sql } from 'kysely';
import { z } from 'zod';
import { requireFreshSession } from '../better-auth/fresh-session.js';
import type { Database } from '../database/database.js';
import {
  type Action,
  AdminActionError,
  type AdminActionErrorCode,
  isAdmin,
  deleteOwnAdminAccount,
  performAction,
} from './admin-actions.js';
import { InvalidCursorError, listAuditLog, listUsers } from './admin-lists.js';

export interface AdministrationOptions {
  db: Database;
  /** Called when an administrator has deleted an account. */
  onAccountDeleted: () => void;
}

const MAX_REASON_LENGTH = 500;

/** PostgreSQL can't store NUL characters. */
const storableText = z.string().regex(/^[^\0]*$/);

const userBody = z.object({
  userId: z.string().max(255),
  reason: storableText.trim().max(MAX_REASON_LENGTH).optional(),
});

const banBody = userBody.extend({
  reason: storableText.trim().min(1).max(MAX_REASON_LENGTH),
  until: z.iso
    .datetime({ offset: true })
    .transform((text) => new Date(text))
    .refine((until) => until.getTime() > Date.now(), 'must be in the future')
    .optional(),
});

const statuses = {
  FORBIDDEN: 'FORBIDDEN',
  USER_NOT_FOUND: 'NOT_FOUND',
  LAST_ADMIN: 'CONFLICT',
  EMAIL_NOT_VERIFIED: 'CONFLICT',
  OWN_ACCOUNT: 'BAD_REQUEST',
} as const;

/**
 * Creates a plugin for users who have the role `admin`. Better Auth's own admin plugin can impersonate users, pages with
 * offsets and keeps no log. It checks a ban before it inserts a session, so a simultaneous sign-in survives the ban.
 *
 * Every request reads the role from the database, so a demoted administrator loses access at once. An action needs a recent
 * sign-in, so that a stolen session is not enough.
 */
export function administration({ db, onAccountDeleted }: AdministrationOptions) {
  function actionEndpoint<Path extends string>(
    path: Path,
    name: Action['name'],
    body: z.ZodType<Omit<Action, 'name'>>,
  ) {
    return createAuthEndpoint(path, { method: 'POST', body }, async (context) => {
      const { session } = await requireFreshSession(context);
      await performAction(db, { sessionId: session.id }, { ...context.body, name }).catch(rejectAction);
      if (name === 'delete') {
        onAccountDeleted();
      }
      return context.json({ status: true });
    });
  }

  return {
    id: 'administration',
    schema: {
      user: { fields: { roles: { type: 'string[]', required: false, input: false } } },
    },
    hooks: {
      before: [
        {
          // Before the body is validated, and for every path below, also those that are added later.
          matcher: ({ path }) => path?.startsWith('/admin/') ?? false,
          handler: createAuthMiddleware(async (context) => {
            const session = await getSessionFromCtx(context);
            if (!session) {
              throw new APIError('UNAUTHORIZED', { code: 'UNAUTHORIZED', message: 'Unauthorized' });
            }
            const { rows } = await sql`
              SELECT FROM auth."user" WHERE id = ${session.user.id} AND ${isAdmin}`.execute(db);
            if (rows.length === 0) {
              throw toApiError('FORBIDDEN', 'Only administrators can do this.');
            }
          }),
        },
      ],
    },
    endpoints: {
      listUsersAsAdmin: createAuthEndpoint(
        '/admin/users',
        {
          method: 'GET',
          query: z.object({ search: storableText.trim().max(254).optional(), cursor: z.string().optional() }),
        },
        async (context) => context.json(await listUsers(db, context.query).catch(rejectCursor)),
      ),
      listAuditLog: createAuthEndpoint(
        '/admin/audit-log',
        {
          method: 'GET',
          query: z.object({
            cursor: z
              .string()
              .regex(/^\d{1,18}$/)
              .optional(),
          }),
        },
        async (context) => context.json(await listAuditLog(db, context.query.cursor)),
      ),
      grantAdmin: actionEndpoint('/admin/grant', 'grant', userBody),
      ungrantAdmin: actionEndpoint('/admin/ungrant', 'ungrant', userBody),
      banUser: actionEndpoint(
        '/admin/ban',
        'ban',
        banBody.transform(({ until, ...action }) => ({ ...action, bannedUntil: until })),
      ),
      unbanUser: actionEndpoint('/admin/unban', 'unban', userBody),
      signOutUser: actionEndpoint('/admin/sign-out', 'sign-out', userBody),
      verifyUser: actionEndpoint('/admin/verify', 'verify', userBody),
      deleteUserAsAdmin: actionEndpoint('/admin/delete', 'delete', userBody),
    },
  } satisfies BetterAuthPlugin;
}

/**
 * Runs before a user deletes their own account.
 *
 * @throws APIError 409 `LAST_ADMIN`
 */
export async function beforeOwnDeletion(db: Database, userId: string): Promise<void> {
  await deleteOwnAdminAccount(db, userId).catch(rejectAction);
}

function rejectAction(error: unknown): never {
  throw error instanceof AdminActionError ? toApiError(error.code, error.message) : error;
}

function rejectCursor(error: unknown): never {
  throw error instanceof InvalidCursorError
    ? new APIError('BAD_REQUEST', {
        code: 'INVALID_CURSOR',
        message: 'The cursor is invalid. Start with the first page.',
      })
    : error;
}

function toApiError(code: AdminActionErrorCode, message: string): APIError {
  return new APIError(statuses[code], { code, message });
}
