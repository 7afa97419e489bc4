'use client';

declare global {
  var __webpack_nonce__: string | undefined;
}

/** Radix adds a style element while a dialog is open, and reads its nonce from this global. */
export function StyleNonce({ nonce }: { nonce: string }) {
  if (typeof window !== 'undefined') {
    globalThis.__webpack_nonce__ ??= nonce;
  }
  return null;
}
