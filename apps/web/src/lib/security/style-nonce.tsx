'use client';

declare global {
  var __webpack_nonce__: string | undefined;
}

/** The style elements that Radix adds while a dialog is open look for the page's nonce under this name. */
export function StyleNonce({ nonce }: { nonce: string }) {
  if (typeof window !== 'undefined') globalThis.__webpack_nonce__ ??= nonce;
  return null;
}
