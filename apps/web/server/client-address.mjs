import { BlockList, isIP } from 'node:net';

/**
 * Returns a function that makes `X-Forwarded-For` contain only the client's address, whatever the client sent. The
 * address is that of the socket. If it belongs to a trusted proxy, the header is read from right to left up to the first
 * address that does not.
 *
 * @param {string[]} trustedProxies addresses, and networks in CIDR notation
 */
export function createForwardedHeaders(trustedProxies) {
  const proxies = new BlockList();
  for (const network of trustedProxies) {
    const [address = '', prefixLength] = network.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    proxies.addSubnet(address, Number(prefixLength ?? (family === 'ipv6' ? 128 : 32)), family);
  }
  /** @param {string} address */
  const isTrusted = (address) => proxies.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

  /** @param {import('node:http').IncomingMessage} request */
  return ({ headers, socket }) => {
    let address = normalize(socket.remoteAddress ?? '');
    const forwarded = String(headers['x-forwarded-for'] ?? '').split(',');
    if (!isIP(address) || !isTrusted(address)) {
      for (const name of [
        'forwarded',
        'x-forwarded-host',
        'x-forwarded-port',
        'x-forwarded-proto',
        'x-real-ip',
      ]) {
        delete headers[name];
      }
    }
    while (isIP(address) && isTrusted(address)) {
      const previous = normalize(forwarded.pop() ?? '');
      if (!isIP(previous)) {
        break;
      }
      address = previous;
    }
    headers['x-forwarded-for'] = address;
  };
}

/**
 * Removes the port that some proxies append, the zone of an IPv6 address, and the prefix of an IPv4 address that an IPv6
 * socket reports.
 *
 * @param {string} address
 */
function normalize(address) {
  return address
    .trim()
    .replace(/^\[([^\]]*)\](?::\d+)?$|^([\d.]+):\d+$/, '$1$2')
    .replace(/%.*$/, '')
    .replace(/^::ffff:(?=[\d.]+$)/i, '');
}
