import { appId } from '@/app-name';

const key = `${appId}.unverified-email`;

/**
 * Remembers in this browser that a new account needs a verified email before it can sign in. The auth server can't tell:
 * to strangers, it must respond to an unverified account as to a wrong password.
 */
export function rememberUnverified(email: string): void {
  localStorage.setItem(key, email);
}

export function isUnverified(email: string): boolean {
  return localStorage.getItem(key) === email;
}

export function forgetUnverified(): void {
  localStorage.removeItem(key);
}
