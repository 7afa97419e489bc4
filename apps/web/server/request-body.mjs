/** The limit of the api and the auth server. */
const maxBytes = 100_000;

/** @param {import('node:http').IncomingMessage} request */
export function isBodyTooLarge({ headers }) {
  return Number(headers['content-length'] ?? 0) > maxBytes;
}

/**
 * Reads the whole body, so that a slow client does not occupy the server behind this app.
 *
 * @param {import('node:http').IncomingMessage} request
 * @returns {Promise<Buffer | undefined>} undefined if the body is too large; the rest of it is discarded
 */
export async function readBody(request) {
  if (isBodyTooLarge(request)) {
    return undefined;
  }
  return new Promise((resolve, reject) => {
    /** @type {Buffer[]} */
    let chunks = [];
    let length = 0;
    request
      .on('data', (/** @type {Buffer} */ chunk) => {
        length += chunk.length;
        if (length <= maxBytes) {
          chunks.push(chunk);
        } else {
          chunks = [];
          resolve(undefined);
        }
      })
      .once('end', () => resolve(Buffer.concat(chunks)))
      .once('error', reject);
  });
}
