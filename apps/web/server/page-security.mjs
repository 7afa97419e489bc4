import { randomBytes } from 'node:crypto';

/**
 * Returns a function that prepares the request of a page for Next: it sets the Content-Security-Policy with a nonce of
 * 128 bits, and `Strict-Transport-Security` if the app is served over TLS. Static files and images need neither.
 *
 * The page reads the request headers `x-nonce`, and `x-page` with its own path and query.
 *
 * @param {import('../environment.mjs').Environment & { development: boolean }} options
 */
export function createPageSecurity(options) {
  const isServedOverTls = options.BETTER_AUTH_URL.startsWith('https:');
  const policyOptions = { ...options, isServedOverTls };
  const subdomains = options.HSTS_INCLUDE_SUBDOMAINS ? '; includeSubDomains' : '';

  /**
   * @param {import('node:http').IncomingMessage & { url: string }} request
   * @param {import('node:http').ServerResponse} response
   */
  return (request, response) => {
    const { pathname, search } = pageOf(request.url);
    if (pathname.startsWith('/_next/static/') || pathname === '/_next/image') {
      return;
    }
    // Next prerenders this page at build time, so that its scripts have no nonce. No user needs its URL.
    if (pathname === '/_global-error') {
      request.url = '/not-found';
    }
    const nonce = randomBytes(16).toString('base64');
    const policy = createPolicy(nonce, policyOptions);
    request.headers['x-nonce'] = nonce;
    request.headers['x-page'] = pathname + search;
    // Next reads the nonce of its own scripts from this request header.
    request.headers['content-security-policy'] = policy;
    response.setHeader('content-security-policy', policy);
    if (isServedOverTls) {
      response.setHeader('strict-transport-security', `max-age=31536000${subdomains}`);
    }
  };
}

/**
 * Returns the address of a page without `_rsc`, which Next adds when it navigates.
 *
 * @param {string} url
 */
function pageOf(url) {
  const page = new URL(`http://localhost${url}`);
  page.searchParams.delete('_rsc');
  return page;
}

/**
 * Allows only scripts with the nonce, and connections only to this origin and the API.
 *
 * @param {string} nonce
 * @param {{ API_URL: string, development: boolean, isServedOverTls: boolean }} options
 */
function createPolicy(nonce, { API_URL, development, isServedOverTls }) {
  return [
    "default-src 'self'",
    // React and Turbopack evaluate code in development only.
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ''}`,
    // Turbopack adds style elements in development only. Style attributes can't run scripts.
    `style-src 'self' ${development ? "'unsafe-inline'" : `'nonce-${nonce}'`}`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src 'self' ${API_URL}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    ...(isServedOverTls ? ['upgrade-insecure-requests'] : []),
  ].join('; ');
}
