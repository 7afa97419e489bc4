import type { Server } from '../create-server.js';
import { isUnencryptedByOmission } from './postgres-url.js';

/**
 * In production, warns about each database URL that connects to another host without TLS.
 *
 * @param urls The URLs by the name of their variable.
 */
export function warnIfUnencrypted({ log, options }: Server, urls: Record<string, string | undefined>): void {
  for (const [name, url] of Object.entries(urls)) {
    if (options.production && url && isUnencryptedByOmission(url)) {
      log.warn(
        `${name} connects to another host without TLS. Add sslmode=verify-full, or sslmode=disable if the network is private.`,
      );
    }
  }
}
