const base = 'http://same.invalid';

/** Where to go after sign-in: a path of this app as `next=` names it; anything that leads elsewhere is `/tasks`. */
export function safeNextPath(next: string | null | undefined): string {
  if (!next?.startsWith('/') || !URL.canParse(next, base)) return '/tasks';
  const { origin, pathname, search, hash } = new URL(next, base);
  // A path like `/.//example.com` stays on this origin when parsed once, and leaves it when parsed again.
  return origin === base && !pathname.startsWith('//') ? pathname + search + hash : '/tasks';
}

/** The address of sign-in that leads back to `path`. */
export function signInPath(path: string): string {
  return `/sign-in?${new URLSearchParams({ next: path })}`;
}

/** The address of sign-up that leads to `path`. */
export function signUpPath(path: string): string {
  return `/sign-up?${new URLSearchParams({ next: path })}`;
}
