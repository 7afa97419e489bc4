import { environment } from '@/lib/environment';

/** Creates a random nonce of 128 bits, once per rendered page. */
export function createNonce(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('base64');
}

/** Allows only scripts with the nonce, and connections only to this origin and the API. */
export function createContentSecurityPolicy(nonce: string): string {
  const development = process.env.NODE_ENV === 'development';
  return [
    "default-src 'self'",
    // React and Turbopack evaluate code in development only.
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ''}`,
    // Turbopack adds style elements in development only. Style attributes can't run scripts.
    `style-src 'self' ${development ? "'unsafe-inline'" : `'nonce-${nonce}'`}`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src 'self' ${environment().API_URL}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    ...(isServedOverTls() ? ['upgrade-insecure-requests'] : []),
  ].join('; ');
}

export function isServedOverTls(): boolean {
  return environment().BETTER_AUTH_URL.startsWith('https:');
}
