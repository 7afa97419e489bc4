import { networkInterfaces } from 'node:os';

export interface ListenOptions {
  production: boolean;
  /** The one address to listen on. */
  listenAddress?: string;
}

/** What is asked for; else every address of this machine in production, IPv6 too where it has that, and its own before. */
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
