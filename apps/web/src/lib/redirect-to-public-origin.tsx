'use client';

import { useEffect } from 'react';
import { useHydrated } from '@/lib/hooks/use-hydrated';
import { navigateTo } from '@/lib/navigation';

/**
 * Leads a browser that opened the app at another address, such as `127.0.0.1`, to the public origin: cookies and
 * allowed origins belong to that one. The browser knows the address that the user typed. The server may not, because a
 * proxy can change the Host header.
 *
 * The inline script also runs where the browser upgrades all other requests to https, which may fail. The effect also runs
 * where React renders the page in the browser, such as after an error.
 */
export function RedirectToPublicOrigin({ origin, nonce }: { origin: string; nonce: string }) {
  const isHydrated = useHydrated();
  useEffect(() => {
    if (location.origin !== origin) {
      void navigateTo(origin + location.pathname + location.search + location.hash);
    }
  }, [origin]);
  // React warns about a script that it renders in the browser, and never executes it.
  if (isHydrated) {
    return null;
  }
  const publicOrigin = JSON.stringify(origin);
  const script = `if (location.origin !== ${publicOrigin}) {
  location.replace(${publicOrigin} + location.pathname + location.search + location.hash);
}`;
  // Browsers hide the nonce from the DOM, so React would see another value.
  return <script nonce={nonce} suppressHydrationWarning dangerouslySetInnerHTML={{ __html: script }} />;
}
