import { appName } from './app-name.js';

/**
 * The content of an email. It must never contain user input, such as the user's name: otherwise anyone could use this
 * server to send text of their choice to any address.
 */
export interface Message {
  /** Identifies the type of email in logs and file names. */
  kind: string;
  subject: string;
  text: string;
}

export function verifyEmailMessage(baseUrl: string, token: string): Message {
  return {
    kind: 'verify-email',
    subject: `Confirm your email address for ${appName}`,
    text: `Hello,

Please confirm that this is your email address for ${appName}:

${baseUrl}/verify-email?token=${encodeURIComponent(token)}

The link expires in one hour. If you didn't sign up for ${appName}, you can ignore this email.
`,
  };
}

export function resetPasswordMessage(baseUrl: string, token: string): Message {
  return {
    kind: 'reset-password',
    subject: `Reset your ${appName} password`,
    text: `Hello,

Someone (hopefully you) asked to reset the password for your ${appName} account. Choose a new one here:

${baseUrl}/reset-password?token=${encodeURIComponent(token)}

The link works once and expires in one hour. If this wasn't you, you can ignore this email. Your password stays the same.
`,
  };
}

export function addressTakenMessage(baseUrl: string): Message {
  return {
    kind: 'address-taken',
    subject: `You already have an account with ${appName}`,
    text: `Hello,

Someone (hopefully you) tried to sign up for ${appName} with this email address, but you already have an account.

Sign in: ${baseUrl}/sign-in
Forgot your password? ${baseUrl}/forgot-password

If this wasn't you, you can ignore this email. Nothing has changed.
`,
  };
}
