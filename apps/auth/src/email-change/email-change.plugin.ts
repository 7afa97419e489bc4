import { BASE_ERROR_CODES, type BetterAuthPlugin, type GenericEndpointContext } from 'better-auth';
import {
  APIError,
  createAuthEndpoint,
  createAuthMiddleware,
  sensitiveSessionMiddleware,
} from 'better-auth/api';
import { generateRandomString } from 'better-auth/crypto';
import { z } from 'zod';
import { requireFreshSession } from '../better-auth/fresh-session.js';
import type { Database } from '../database/database.js';
import type { MailSender } from '../mail/mailer.js';
import { linkLifetimes } from '../mail/messages.js';
import type { RateLimitCounters } from '../rate-limit/rate-limit-counters.js';
import { hashEmail, tooManyRequests } from '../rate-limit/rate-limits.js';
import {
  AddressTakenError,
  cancelEmailChange,
  checkAvailability,
  confirmEmailChange,
  createEmailChange,
  restoreEmail,
} from './email-changes.js';

export interface EmailChangeOptions {
  db: Database;
  mailer: MailSender;
  /** Undefined if rate limits are disabled. */
  counters?: RateLimitCounters;
  requireEmailVerification: boolean;
}

/** Requests per account. The window equals the lifetime of the link. */
const requestLimit = { window: linkLifetimes.hourSeconds, max: 5 };

/** Emails to one new address, from all accounts. One over the limit is skipped, because the address may have an account. */
const newAddressLimit = { window: linkLifetimes.hourSeconds, max: 5 };

const emailAddress = z.email().max(254);

const tokenBody = z.object({ token: z.string() });

/**
 * Creates a plugin that changes email addresses. The links of Better Auth's own route can't be revoked, and it mails the
 * current address first.
 *
 * The links lead to pages of the app, which send a POST when the user presses a button: programs that open the links in
 * emails change nothing.
 */
export function emailChange(options: EmailChangeOptions): BetterAuthPlugin {
  const { db, mailer } = options;
  const reserved = new WeakSet<Request>();

  return {
    id: 'email-change',
    init: () => ({
      options: {
        databaseHooks: {
          user: {
            create: {
              before: async ({ email }, context) => {
                if (context?.request && reserved.has(context.request)) {
                  throw rejectReserved(options, email);
                }
              },
            },
          },
        },
      },
    }),
    hooks: {
      before: [
        {
          // The creation of the user runs in a transaction, in which a second connection could wait forever.
          matcher: ({ path }) => path === '/sign-up/email',
          handler: createAuthMiddleware(async ({ body, request }) => {
            const email: unknown = body?.email;
            if (request && typeof email === 'string') {
              const availability = await checkAvailability(db, email.toLowerCase());
              if (availability === 'reserved') {
                reserved.add(request);
              }
            }
          }),
        },
      ],
      after: [
        {
          matcher: ({ path }) => path === '/change-password',
          handler: createAuthMiddleware(async ({ context }) => {
            if (context.newSession) {
              await cancelEmailChange(db, context.newSession.user.id);
            }
          }),
        },
      ],
    },
    endpoints: {
      requestEmailChange: createAuthEndpoint(
        '/request-email-change',
        {
          method: 'POST',
          use: [sensitiveSessionMiddleware],
          body: z.object({ newEmail: z.string(), password: z.string().optional() }),
        },
        async (context) => {
          const { user, session } = context.context.session;
          const newEmail = context.body.newEmail.toLowerCase();
          await authorize(context, context.body.password);
          if (!emailAddress.safeParse(newEmail).success) {
            throw APIError.from('BAD_REQUEST', BASE_ERROR_CODES.INVALID_EMAIL);
          }
          if (newEmail === user.email) {
            throw new APIError('BAD_REQUEST', {
              code: 'EMAIL_UNCHANGED',
              message: 'The account already has this email address.',
            });
          }
          const consumed = await options.counters?.consume(`email-change|${user.id}`, requestLimit);
          if (consumed?.allowed === false) {
            throw tooManyRequests(consumed.retryAfter);
          }
          // From here on, the response and the work are the same for every address.
          const availability = await checkAvailability(db, newEmail, user.id);
          const tokens = await createEmailChange(db, {
            userId: user.id,
            sessionId: session.id,
            verifiedEmail: user.emailVerified ? user.email : null,
            newEmail,
          });
          if (!tokens) {
            throw new APIError('UNAUTHORIZED', { code: 'UNAUTHORIZED', message: 'Unauthorized' });
          }
          // First, so that no change can be confirmed whose email to the old address got lost.
          if (user.emailVerified) {
            await mailer.send('restore-email', user, { token: tokens.restoreToken, newEmail });
          }
          const recipient = { id: user.id, email: newEmail };
          const counted = await options.counters?.consume(
            `new-address|${hashEmail(newEmail)}`,
            newAddressLimit,
          );
          if (counted?.allowed === false) {
            return context.json({ status: true });
          }
          if (availability === 'free') {
            await mailer.send('confirm-email-change', recipient, { token: tokens.confirmToken });
          } else {
            await mailer.send(availability === 'taken' ? 'address-taken' : 'address-reserved', recipient, {});
          }
          return context.json({ status: true });
        },
      ),
      confirmEmailChange: createAuthEndpoint(
        '/confirm-email-change',
        { method: 'POST', body: tokenBody },
        async (context) => {
          if (!(await confirmEmailChange(db, context.body.token).catch(rejectTaken))) {
            throw APIError.from('BAD_REQUEST', BASE_ERROR_CODES.INVALID_TOKEN);
          }
          return context.json({ status: true });
        },
      ),
      restoreEmail: createAuthEndpoint(
        '/restore-email',
        { method: 'POST', body: tokenBody },
        async (context) => {
          const userId = await restoreEmail(db, context.body.token).catch(rejectTaken);
          if (userId === undefined) {
            throw APIError.from('BAD_REQUEST', BASE_ERROR_CODES.INVALID_TOKEN);
          }
          return context.json({ status: true, resetToken: await createResetToken(context, userId) });
        },
      ),
    },
  };
}

/** @throws APIError if the user has neither entered the password nor, without a password, just signed in. */
async function authorize(context: GenericEndpointContext, password: string | undefined): Promise<void> {
  const { user } = context.context.session!;
  const account = await context.context.internalAdapter.findCredentialAccount(user.id);
  if (!account?.password) {
    await requireFreshSession(context);
    return;
  }
  if (!password) {
    throw new APIError('BAD_REQUEST', {
      code: 'PASSWORD_REQUIRED',
      message: 'The current password is required.',
    });
  }
  if (!(await context.context.password.verify({ hash: account.password, password }))) {
    throw APIError.from('BAD_REQUEST', BASE_ERROR_CODES.INVALID_PASSWORD);
  }
}

/**
 * Returns the error for a sign-up with a reserved address. Better Auth responds to 403 like to a successful sign-up if
 * the address must be verified, so that nobody can find out which addresses have accounts.
 */
function rejectReserved({ mailer, requireEmailVerification }: EmailChangeOptions, email: string): APIError {
  if (!requireEmailVerification) {
    return APIError.from('UNPROCESSABLE_ENTITY', BASE_ERROR_CODES.USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL);
  }
  mailer.runInBackground(mailer.send('address-reserved', { email }, {}));
  return new APIError('FORBIDDEN');
}

/** Only someone who can read emails to the address gets this error. */
function rejectTaken(error: unknown): never {
  throw error instanceof AddressTakenError
    ? APIError.from('UNPROCESSABLE_ENTITY', BASE_ERROR_CODES.USER_ALREADY_EXISTS)
    : error;
}

/** The link to the old address proves as much as a link to reset the password, so the user needs no second email. */
async function createResetToken(context: GenericEndpointContext, userId: string): Promise<string> {
  const token = generateRandomString(24);
  await context.context.internalAdapter.createVerificationValue({
    value: userId,
    identifier: `reset-password:${token}`,
    expiresAt: new Date(Date.now() + linkLifetimes.hourSeconds * 1000),
  });
  return token;
}
