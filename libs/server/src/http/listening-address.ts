import { networkInterfaces } from 'node:os';

/** Every address of this machine in production, IPv6 too where it has that; else its own alone. */
export function listeningAddress(production: boolean): string {
  if (!production) {
    return 'localhost';
  }
  const addresses = Object.values(networkInterfaces()).flat();
  return addresses.some((address) => address?.family === 'IPv6') ? '::' : '0.0.0.0';
}
