import { authClient } from '@/lib/auth/auth-client';
import { unwrapAuth, unwrapAuthOrSignIn } from './account-error';

/** Emails a link to the new address. The result is the same for every address, whether it has an account or not. */
export function requestEmailChange(body: { newEmail: string; password?: string }): Promise<unknown> {
  return unwrapAuthOrSignIn<unknown>(authClient.$fetch('/request-email-change', { method: 'POST', body }));
}

export function confirmEmailChange(token: string): Promise<unknown> {
  return unwrapAuth<unknown>(authClient.$fetch('/confirm-email-change', { method: 'POST', body: { token } }));
}

/** Returns a token that resets the password. */
export async function restoreEmail(token: string): Promise<string> {
  const { resetToken } = await unwrapAuth(
    authClient.$fetch<{ resetToken: string }>('/restore-email', { method: 'POST', body: { token } }),
  );
  return resetToken;
}
