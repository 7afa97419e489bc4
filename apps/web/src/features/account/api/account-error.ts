import { redirectToSignIn } from '@/lib/navigation';

interface AuthFailure {
  status?: number;
  code?: string;
}

const messages: Record<string, string> = {
  INVALID_EMAIL_OR_PASSWORD: 'The e-mail or the password is wrong.',
  INVALID_PASSWORD: 'This is not your current password.',
  INVALID_EMAIL: 'This is not a complete e-mail address.',
  USER_ALREADY_EXISTS: 'There is an account with this e-mail already. Sign in instead?',
  USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL: 'There is an account with this e-mail already. Sign in instead?',
  PASSWORD_TOO_SHORT: 'Use at least 8 characters.',
  PASSWORD_TOO_LONG: 'Use at most 128 characters.',
  EMAIL_NOT_VERIFIED: 'Please verify your e-mail first. We have sent you a message with a link.',
  INVALID_TOKEN: 'This link has expired or was used already.',
  TOKEN_EXPIRED: 'This link has expired or was used already.',
  SESSION_EXPIRED: 'Please sign in again to do this.',
};

/** The form field that a failure speaks of; `undefined` where it concerns the whole form. */
const fields: Record<string, 'email' | 'password' | 'currentPassword'> = {
  INVALID_EMAIL: 'email',
  USER_ALREADY_EXISTS: 'email',
  USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL: 'email',
  PASSWORD_TOO_SHORT: 'password',
  PASSWORD_TOO_LONG: 'password',
  INVALID_PASSWORD: 'currentPassword',
};

/** A failed call of the auth server, with one sentence for the person who made it. */
export class AccountError extends Error {
  override name = 'AccountError';
  readonly code: string | undefined;
  readonly field: 'email' | 'password' | 'currentPassword' | undefined;
  /** Whether the same call may well succeed in a moment. */
  readonly isTransient: boolean;
  /** Only for calls that need a session: a wrong password at sign-in is 401, too. */
  readonly sessionIsOver: boolean;

  constructor({ status = 0, code }: AuthFailure) {
    super(messageFor(status, code));
    this.code = code;
    this.sessionIsOver = status === 401;
    this.isTransient = [0, 429, 502, 503, 504].includes(status);
    this.field = code === undefined ? undefined : fields[code];
  }
}

/** The data of an auth client's call; an AccountError where it failed. */
export async function unwrapAuth<T>(
  call: Promise<{ data: T | null; error: AuthFailure | null }>,
): Promise<T> {
  const { data, error } = await call.catch(() => ({ data: null, error: {} }));
  if (error) throw new AccountError(error);
  return data as T;
}

/** As `unwrapAuth`, for a person who is signed in: where the session is over, they sign in and come back. */
export async function unwrapAuthOrSignIn<T>(call: Parameters<typeof unwrapAuth<T>>[0]): Promise<T> {
  try {
    return await unwrapAuth(call);
  } catch (error) {
    if (error instanceof AccountError && error.sessionIsOver) await redirectToSignIn();
    throw error;
  }
}

function messageFor(status: number, code: string | undefined): string {
  const known = code === undefined ? undefined : messages[code];
  if (known) return known;
  if (status === 0 && !navigator.onLine) return 'You are offline. Please try again once you are back.';
  if (status === 401) return 'Please sign in again to do this.';
  if (status === 429) return 'That was a lot of attempts. Please wait a moment and try again.';
  if (status === 0 || status >= 502) return 'This is not available right now. Please try again in a moment.';
  return 'Something went wrong. Please try again.';
}
