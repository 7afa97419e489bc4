'use client';

import { useEffect } from 'react';
import { navigateTo } from '@/lib/navigation';

/**
 * Leads a browser that opened the app at another address, such as `127.0.0.1`, to the public origin: cookies and
 * allowed origins belong to that one. The browser knows the address that the user typed. The server may not, because a
 * proxy can change the Host header.
 */
export function RedirectToPublicOrigin({ origin }: { origin: string }) {
  useEffect(() => {
    if (location.origin !== origin) {
      void navigateTo(origin + location.pathname + location.search + location.hash);
    }
  }, [origin]);
  return null;
}
