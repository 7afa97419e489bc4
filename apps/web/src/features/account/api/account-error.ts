import { redirectToSignIn } from '@/lib/navigation';

interface AuthFailure {
  status?: number;
  code?: string;
  message?: string;
}

const messages: Record<string, string> = {
  INVALID_EMAIL_OR_PASSWORD: 'Wrong email or password.',
  INVALID_PASSWORD: 'That isn’t your current password.',
  INVALID_EMAIL: 'Enter a complete email address.',
  USER_ALREADY_EXISTS: 'This email already has an account.',
  USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL: 'This email already has an account.',
  PASSWORD_TOO_SHORT: 'Use at least 8 characters.',
  PASSWORD_TOO_LONG: 'Use at most 128 characters.',
  INVALID_TOKEN: 'This link has expired or has already been used.',
  TOKEN_EXPIRED: 'This link has expired or has already been used.',
  SESSION_EXPIRED: 'Please sign in again.',
  SESSION_NOT_FRESH: 'To protect your account, this needs a recent sign-in.',
  PROVIDER_NOT_FOUND: 'This provider is unavailable. Try again in a moment.',
  ACCOUNT_NOT_FOUND: 'This account is no longer connected. Reload the page.',
  FAILED_TO_UNLINK_LAST_ACCOUNT: 'This is your only way to sign in. Add a password first.',
  PASSWORD_ALREADY_SET: 'Your account already has a password. Reload the page.',
  UNKNOWN_SCOPE: 'This scope no longer exists. Reload the page.',
  TOO_MANY_TOKENS: 'You have reached the maximum number of tokens. Revoke one first.',
  TOKEN_NOT_FOUND: 'This token was already revoked.',
};

/** The form field that each error belongs to. Other errors concern the whole form. */
const fields: Record<string, 'email' | 'password' | 'currentPassword'> = {
  INVALID_EMAIL: 'email',
  USER_ALREADY_EXISTS: 'email',
  USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL: 'email',
  PASSWORD_TOO_SHORT: 'password',
  PASSWORD_TOO_LONG: 'password',
  INVALID_PASSWORD: 'currentPassword',
};

/** A failed request to the auth server, with a message for the user. */
export class AccountError extends Error {
  override name = 'AccountError';
  readonly code: string | undefined;
  readonly field: 'email' | 'password' | 'currentPassword' | undefined;
  /** Whether a retry of the same request may succeed. */
  readonly isTransient: boolean;
  readonly isUnauthorized: boolean;

  constructor({ status = 0, code, message }: AuthFailure) {
    // Only the auth server knows when the ban ends.
    super(code === 'BANNED_USER' && message ? message : messageFor(status, code));
    this.code = code;
    this.isUnauthorized = status === 401;
    this.isTransient = [0, 429, 502, 503, 504].includes(status);
    this.field = code === undefined ? undefined : fields[code];
  }
}

/**
 * Returns the data of a request to the auth server.
 *
 * @throws AccountError if the request failed
 */
export async function unwrapAuth<T>(
  call: Promise<{ data: T | null; error: AuthFailure | null }>,
): Promise<T> {
  const { data, error } = await call.catch(() => ({ data: null, error: {} }));
  if (error) {
    throw new AccountError(error);
  }
  return data as T;
}

/** Like `unwrapAuth`, for requests that need a session: redirects to the sign-in page if it has ended. */
export async function unwrapAuthOrSignIn<T>(call: Parameters<typeof unwrapAuth<T>>[0]): Promise<T> {
  try {
    return await unwrapAuth(call);
  } catch (error) {
    if (error instanceof AccountError && error.isUnauthorized) {
      await redirectToSignIn();
    }
    throw error;
  }
}

function messageFor(status: number, code: string | undefined): string {
  const known = code === undefined ? undefined : messages[code];
  if (known) {
    return known;
  }
  if (status === 0 && !navigator.onLine) {
    return 'You were offline. Try again.';
  }
  if (status === 401) {
    return 'Please sign in again.';
  }
  if (status === 429) {
    return 'Too many attempts. Wait a moment and try again.';
  }
  if (status === 0 || status >= 502) {
    return 'The server is unavailable. Try again in a moment.';
  }
  return 'The request failed. Please try again.';
}
