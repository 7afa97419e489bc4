import { signInPath } from './next-path';

/** Loads another page. It never settles, so that nothing on this one changes any more. */
export function leaveFor(address: string): Promise<never> {
  // Where it has a fragment, assigning the same address would only scroll.
  if (address === location.href) location.reload();
  else location.assign(address);
  return new Promise(() => {});
}

/** Sends to sign-in, and from there back to this page: the session is over. */
export function askToSignIn(): Promise<never> {
  return leaveFor(signInPath(location.pathname + location.search));
}
