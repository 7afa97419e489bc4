import { appName } from './brand.js';
import type { EmailText } from './layout.js';

/** How long the links in emails work. An email that could not be sent is deleted when its link expires. */
export const linkLifetimes = { hourSeconds: 60 * 60, weekSeconds: 7 * 24 * 60 * 60 };

/**
 * The values in each kind of email. Apart from the new address, which goes to the verified address of the same account,
 * they must never be user input: otherwise anyone could use this server to send text of their choice to any address.
 */
export interface EmailParameters {
  'verify-email': { token: string };
  'reset-password': { token: string };
  'address-taken': object;
  'address-reserved': object;
  'confirm-email-change': { token: string };
  'restore-email': { token: string; newEmail: string };
  /** A name from the configuration, such as "Google", or "a password". */
  'sign-in-method-added': { method: string };
  'personal-token-created': object;
}

export type EmailKind = keyof EmailParameters;

interface Message<Kind extends EmailKind> {
  lifetimeSeconds: number;
  /** @param link Returns a URL of the app. */
  write: (parameters: EmailParameters[Kind], link: (path: string, token?: string) => string) => EmailText;
}

export const messages: { [Kind in EmailKind]: Message<Kind> } = {
  'verify-email': {
    lifetimeSeconds: linkLifetimes.hourSeconds,
    write: ({ token }, link) => ({
      subject: `Confirm your email address for ${appName}`,
      intro: [`Please confirm that this is your email address for ${appName}.`],
      links: [{ label: 'Confirm email address', url: link('/verify-email', token) }],
      outro: [
        `The link expires one hour after it was requested. If you didn’t sign up for ${appName}, you can ignore this email.`,
      ],
    }),
  },
  'reset-password': {
    lifetimeSeconds: linkLifetimes.hourSeconds,
    write: ({ token }, link) => ({
      subject: `Reset your ${appName} password`,
      intro: [`Someone (hopefully you) asked to reset the password for your ${appName} account.`],
      links: [{ label: 'Choose a new password', url: link('/reset-password', token) }],
      outro: [
        'The link works once and expires one hour after it was requested.',
        'If this wasn’t you, you can ignore this email. Your password stays the same.',
      ],
    }),
  },
  'address-taken': {
    lifetimeSeconds: linkLifetimes.hourSeconds,
    write: (_, link) => ({
      subject: `You already have an account with ${appName}`,
      intro: [
        `Someone (hopefully you) tried to use this email address for another ${appName} account, but you already have one.`,
      ],
      links: [
        { label: 'Sign in', url: link('/sign-in') },
        { label: 'Forgot your password?', url: link('/forgot-password') },
      ],
      outro: ['If this wasn’t you, you can ignore this email. Nothing has changed.'],
    }),
  },
  'address-reserved': {
    lifetimeSeconds: linkLifetimes.hourSeconds,
    write: () => ({
      subject: `This email address is reserved for another ${appName} account`,
      intro: [
        `Someone (hopefully you) tried to use this email address for a ${appName} account. Another account had this address until recently. For seven days after such a change, the address is reserved for that account.`,
        `To get that account back, open the link in our email “Your ${appName} email address is being changed”. Otherwise, please try again in a few days.`,
      ],
      links: [],
      outro: ['If this wasn’t you, you can ignore this email. Nothing has changed.'],
    }),
  },
  'confirm-email-change': {
    lifetimeSeconds: linkLifetimes.hourSeconds,
    write: ({ token }, link) => ({
      subject: `Confirm your new email address for ${appName}`,
      intro: [`Someone asked to use this email address for their ${appName} account from now on.`],
      links: [{ label: 'Confirm new address', url: link('/confirm-email-change', token) }],
      outro: [
        'The link works once and expires one hour after it was requested.',
        'If this wasn’t you, don’t open the link: it would connect your address to an account that isn’t yours.',
      ],
    }),
  },
  'restore-email': {
    lifetimeSeconds: linkLifetimes.weekSeconds,
    write: ({ token, newEmail }, link) => ({
      subject: `Your ${appName} email address is being changed`,
      intro: [
        `Someone (hopefully you) asked to change the email address of your ${appName} account to ${newEmail}. The change takes effect when the new address is confirmed.`,
        'If this was you, you can ignore this email. If it wasn’t, keep your address, even if the change has taken effect: you’re then signed out everywhere, and choose a new password.',
      ],
      links: [{ label: 'Keep this address', url: link('/restore-email', token) }],
      outro: ['The link works once and expires seven days after the change was requested.'],
    }),
  },
  'sign-in-method-added': {
    lifetimeSeconds: linkLifetimes.weekSeconds,
    write: ({ method }, link) => ({
      subject: `New way to sign in to ${appName}`,
      intro: [
        `You can now sign in to your ${appName} account with ${method}.`,
        'If this wasn’t you, reset your password. That signs out every device and disconnects every other way to sign in.',
      ],
      links: [{ label: 'Reset password', url: link('/forgot-password') }],
      outro: [],
    }),
  },
  'personal-token-created': {
    lifetimeSeconds: linkLifetimes.weekSeconds,
    write: (_, link) => ({
      subject: `New personal access token for ${appName}`,
      intro: [
        `A personal access token was created for your ${appName} account. Scripts that have it can use your account within the scopes that were chosen for it.`,
        'If this wasn’t you, reset your password. That signs out every device and revokes every token.',
      ],
      links: [{ label: 'Reset password', url: link('/forgot-password') }],
      outro: ['If this was you, you can ignore this email.'],
    }),
  },
};
