const anyOrigin = 'http://same.invalid';

/** The `searchParams` of a page. */
export type SearchParams = Promise<Record<string, string | string[] | undefined>>;

/** Returns the first value of a query parameter, which may occur several times. */
export function firstValue(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

/** Returns `next` if it is a path of this app, else `/tasks`: a link to sign-in must not redirect to another site. */
export function safeNextPath(next: string | null | undefined): string {
  if (!next?.startsWith('/') || !URL.canParse(next, anyOrigin)) {
    return '/tasks';
  }
  const { origin, pathname, search, hash } = new URL(next, anyOrigin);
  // `/.//example.com` becomes `//example.com` when parsed: parsed again, it is another origin.
  return origin === anyOrigin && !pathname.startsWith('//') ? pathname + search + hash : '/tasks';
}

/** Returns the path of the sign-in page that leads back to `path`. */
export function signInPath(path: string): string {
  return `/sign-in?${new URLSearchParams({ next: path })}`;
}

/** Returns the path of the sign-up page that leads to `path`. */
export function signUpPath(path: string): string {
  return `/sign-up?${new URLSearchParams({ next: path })}`;
}

/** Loads another page and never resolves, so that the caller changes nothing on this one. */
export function navigateTo(url: string): Promise<never> {
  // Assigning the current URL only scrolls if it has a fragment.
  if (url === location.href) {
    location.reload();
  } else {
    location.assign(url);
  }
  return new Promise(() => {});
}

/** Loads the sign-in page, which leads back to this page. */
export function redirectToSignIn(): Promise<never> {
  return navigateTo(signInPath(location.pathname + location.search));
}
