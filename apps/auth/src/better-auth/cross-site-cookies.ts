import type { FastifyRequest } from 'fastify';

/**
 * Returns whether a browser sends this request from a page of a trusted origin on another site. Browsers send
 * `Sec-Fetch-Site`, and scripts can't change it.
 */
export function isCrossSite({ headers }: FastifyRequest, trustedOrigins: string[]): boolean {
  return (
    headers['sec-fetch-site'] === 'cross-site' &&
    headers.origin !== undefined &&
    trustedOrigins.includes(headers.origin)
  );
}

/**
 * Returns a `Set-Cookie` header that browsers accept from another site. A partitioned cookie is sent only from pages of
 * that site, so no third site can make use of `SameSite=None`.
 */
export function partitionCookie(header: string): string {
  const [pair, ...attributes] = header.split(/; */);
  const others = attributes.filter((attribute) => !/^(samesite=.*|secure|partitioned)$/i.test(attribute));
  return [pair, ...others, 'Secure', 'SameSite=None', 'Partitioned'].join('; ');
}
