import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

export interface CompressingProxy {
  url: string;
  close(): void;
}

/**
 * Starts a reverse proxy that compresses every response with a body and rewrites its ETag. Like Caddy and nginx, it
 * does not restore the ETag in `If-Match`.
 */
export async function startCompressingProxy(
  target: string,
  rewriteETag: (etag: string) => string,
): Promise<CompressingProxy> {
  const server = createServer((incoming, outgoing) => {
    const { method, url, headers } = incoming;
    const forwarded = request(target + url, { method, headers }, (response) => {
      const { etag, ...others } = response.headers;
      if (response.statusCode === 204) {
        outgoing.writeHead(204, response.headers).end();
        return;
      }
      delete others['content-length'];
      outgoing.writeHead(response.statusCode!, {
        ...others,
        'content-encoding': 'gzip',
        ...(etag && { etag: rewriteETag(etag) }),
      });
      void pipeline(response, createGzip(), outgoing);
    });
    void pipeline(incoming, forwarded);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => void server.close(),
  };
}
