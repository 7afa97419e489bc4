import type { BetterAuthPlugin } from 'better-auth';
import { APIError, createAuthMiddleware } from 'better-auth/api';
import { hashPassword, verifyPassword } from 'better-auth/crypto';
import { requestPasswords } from './request-passwords.js';

/** Half of the threads of libuv's pool. The others stay free for DNS, files and the signatures of cookies. */
const CONCURRENT_HASHES = 2;

/** About five seconds of work. A longer queue would only delay requests whose clients have given up. */
const MAX_WAITING = 100;

const RETRY_AFTER_SECONDS = 5;

const waiting: (() => void)[] = [];
let running = 0;

/**
 * Runs `hash` when fewer than `CONCURRENT_HASHES` others run.
 *
 * @throws APIError 503 if too many others wait
 */
async function limited<T>(hash: () => Promise<T>): Promise<T> {
  if (waiting.length >= MAX_WAITING) {
    throw new APIError(
      'SERVICE_UNAVAILABLE',
      { code: 'TOO_BUSY', message: 'The server is busy. Please try again in a few seconds.' },
      { 'X-Retry-After': String(RETRY_AFTER_SECONDS) },
    );
  }
  if (running >= CONCURRENT_HASHES) {
    await new Promise<void>((resolve) => waiting.push(resolve));
  } else {
    running++;
  }
  try {
    return await hash();
  } finally {
    const next = waiting.shift();
    if (next) {
      next();
    } else {
      running--;
    }
  }
}

/** Better Auth's own password hash (scrypt in a thread), with a limit on how many run at once. */
export const passwordHashing = {
  hash: async (password: string) => {
    const prepared = requestPasswords()?.prepared;
    return prepared?.password === password ? prepared.hash : limited(() => hashPassword(password));
  },
  verify: async (input: { hash: string; password: string }) => {
    const isCorrect = await limited(() => verifyPassword(input));
    const passwords = requestPasswords();
    if (isCorrect && passwords) {
      passwords.verifiedHash = input.hash;
    }
    return isCorrect;
  },
};

/**
 * Creates a plugin that hashes the password of a sign-up before Better Auth begins its transaction. Otherwise sign-ups that
 * wait for a hash would occupy all connections to the database. It must run after the plugins that reject requests.
 */
export function signUpHashing(): BetterAuthPlugin {
  return {
    id: 'sign-up-hashing',
    hooks: {
      before: [
        {
          matcher: ({ path }) => path === '/sign-up/email',
          handler: createAuthMiddleware(async ({ body, context }) => {
            const password: unknown = body?.password;
            const passwords = requestPasswords();
            const { minPasswordLength, maxPasswordLength } = context.password.config;
            if (
              passwords &&
              typeof password === 'string' &&
              password.length >= minPasswordLength &&
              password.length <= maxPasswordLength
            ) {
              passwords.prepared = { password, hash: await passwordHashing.hash(password) };
            }
          }),
        },
      ],
    },
  };
}
