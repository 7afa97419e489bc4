/** A mail's words. None of them is a user's: else anyone could have this server send their text to anyone. */
export interface Message {
  /** What the mail is for, in a word or two, for logs and file names. */
  kind: string;
  subject: string;
  text: string;
}

export function verifyEmailMail(baseUrl: string, token: string): Message {
  return {
    kind: 'verify-email',
    subject: 'Confirm your e-mail address',
    text: `Hello,

please confirm that this e-mail address is yours:

${baseUrl}/verify-email?token=${encodeURIComponent(token)}

The link works for one hour. If you did not sign up at ${baseUrl}, ignore this mail.
`,
  };
}

export function resetPasswordMail(baseUrl: string, token: string): Message {
  return {
    kind: 'reset-password',
    subject: 'Choose a new password',
    text: `Hello,

someone, hopefully you, asked for a new password. Choose it here:

${baseUrl}/reset-password?token=${encodeURIComponent(token)}

The link works once, within an hour. If it was not you, ignore this mail: your password stays as it is.
`,
  };
}

export function addressTakenMail(baseUrl: string): Message {
  return {
    kind: 'address-taken',
    subject: 'You already have an account',
    text: `Hello,

someone, hopefully you, tried to sign up at ${baseUrl} with this e-mail address, which has an account already.

Sign in: ${baseUrl}/sign-in
Forgot the password? ${baseUrl}/forgot-password

If it was not you, ignore this mail: nothing has changed.
`,
  };
}
