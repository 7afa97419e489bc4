import { isIPv6 } from 'node:net';

/** Returns the rate limit key of a client address. For IPv6 it is the /64 network, which one subscriber gets. */
export function rateLimitKey(ip: string): string {
  const mapped = ip.replace(/^::ffff:(?=[\d.]+$)/i, '');
  if (!isIPv6(mapped)) {
    return mapped;
  }
  const [head = '', tail] = mapped.toLowerCase().split('%')[0]!.split('::');
  const groups = head.split(':').filter(Boolean);
  const rest = tail?.split(':').filter(Boolean) ?? [];
  const zeros = Array.from({ length: 8 - groups.length - rest.length }, () => '0');
  return `${[...groups, ...zeros, ...rest].slice(0, 4).join(':')}::/64`;
}
