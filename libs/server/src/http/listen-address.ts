import { networkInterfaces } from 'node:os';

export interface ListenOptions {
  production: boolean;
  /** The only address to listen on. */
  listenAddress?: string;
}

/** Returns the configured address. The default is all interfaces in production (IPv6 if available), else localhost. */
export function resolveListenAddress({ production, listenAddress }: ListenOptions): string {
  if (listenAddress) {
    return listenAddress;
  }
  if (!production) {
    return 'localhost';
  }
  const addresses = Object.values(networkInterfaces()).flat();
  return addresses.some((address) => address?.family === 'IPv6') ? '::' : '0.0.0.0';
}
