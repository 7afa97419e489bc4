/** Nothing else from the address of the page is shown: anyone can write it. */
const banMessage = /^This account is banned until \d{4}-\d\d-\d\d \d\d:\d\d UTC\.$/;

const cancelled = 'You cancelled, so nothing has changed.';
const lost = 'That took too long, or it began in another window. Please try again.';

/**
 * Returns the message for an error with which a provider's page has led back to the sign-in page.
 *
 * @param description The message of the auth server, from the address of the page
 */
export function getSignInError(code: string, description = ''): string {
  if (code.startsWith('state_')) {
    return lost;
  }
  switch (code) {
    case 'BANNED_USER':
      return banMessage.test(description) ? description : 'This account is banned.';
    case 'access_denied':
      return cancelled;
    case 'account_not_linked':
      return 'An account with this email address already exists. Sign in as you did before, then connect the provider in your settings.';
    case 'email_not_found':
      return 'The provider didn’t share an email address, and your account needs one.';
    case 'email_not_verified':
      return 'Almost there! We’ve sent you an email. Open its link, then sign in again.';
    default:
      return 'The sign-in with this provider failed. Try again, or sign in another way.';
  }
}

/** Returns the message for an error with which a provider's page has led back to the settings. */
export function getConnectError(code: string | undefined): string | undefined {
  if (code === undefined) {
    return undefined;
  }
  if (code.startsWith('state_')) {
    return lost;
  }
  switch (code) {
    case 'access_denied':
      return cancelled;
    case 'account_already_linked_to_different_user':
      return 'This account is connected to another user. Sign in with it and disconnect it there first.';
    default:
      return 'The account couldn’t be connected. Please try again.';
  }
}
