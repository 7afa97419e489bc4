import { AccountError } from '@/features/account/api/account-error';

const messages: Record<string, string> = {
  LAST_ADMIN: 'This is the last administrator who can sign in. Make another user an administrator first.',
  USER_NOT_FOUND: 'This account no longer exists. Reload the page.',
  OWN_ACCOUNT: 'You can’t delete your own account here. Delete it in the settings.',
  EMAIL_NOT_VERIFIED: 'Verify the email address of this user first.',
  FORBIDDEN: 'You’re no longer an administrator.',
};

/** Returns the message for an error that only requests of administrators have. */
export function getAdminErrorMessage(error: Error): string | undefined {
  return error instanceof AccountError && error.code ? messages[error.code] : undefined;
}
