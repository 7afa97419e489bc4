import { STATUS_CODES } from 'node:http';

/** @typedef {Record<string, string>} Headers */

const securityHeaders = {
  'content-type': 'application/problem+json; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none';frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
};

/**
 * Responds with problem details (RFC 9457), as the api and the auth server do.
 *
 * @param {import('node:http').ServerResponse} response
 * @param {number} status
 * @param {string} detail
 * @param {Headers} [headers]
 */
export function sendProblem(response, status, detail, headers) {
  const instance = response.req.url?.replace(/[?#].*$/s, '');
  response.writeHead(status, { ...securityHeaders, ...headers }).end(toJson(status, detail, instance));
}

/** @type {Record<string, [status: number, detail: string]>} */
const parserErrors = {
  HPE_HEADER_OVERFLOW: [431, 'The headers are larger than 16 kB.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request did not arrive in time. Send it again.'],
};

/**
 * Responds to a request that Node rejects as malformed, oversized or too slow.
 *
 * @param {Error & { code?: string }} error
 * @param {import('node:stream').Duplex & { _httpMessage?: import('node:http').ServerResponse }} socket
 */
export function rejectMalformedRequest(error, socket) {
  if (error.code === 'ECONNRESET' || !socket.writable || socket._httpMessage?.headersSent) {
    socket.destroy();
    return;
  }
  const [status, detail] = parserErrors[error.code ?? ''] ?? [400, 'The request is not valid HTTP.'];
  const body = toJson(status, detail);
  const lines = Object.entries({
    ...securityHeaders,
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`, () =>
    socket.destroy(),
  );
}

/**
 * @param {number} status
 * @param {string} detail
 * @param {string} [instance]
 */
function toJson(status, detail, instance) {
  return JSON.stringify({ type: 'about:blank', title: STATUS_CODES[status], status, detail, instance });
}
