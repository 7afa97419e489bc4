import http from 'node:http';
import https from 'node:https';
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import { readBody } from './request-body.mjs';
import { sendProblem } from './problem.mjs';

const timeoutMs = 30_000;

/** Headers that apply to one connection and must not be forwarded (RFC 9110, section 7.6.1). */
const hopByHop = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/** Segments that another server could resolve to a path outside of /api/auth/. */
const notNormalized = /\/\/|\\|\/\.{1,2}(?:\/|$)|%(?:2e|2f|5c|00)/i;

/**
 * Whether a request belongs to the auth server. Compares the path as it was sent: a proxy in front of this app that has
 * rules for /api/auth/ sees the same.
 *
 * @param {string} url the path and query of a request
 */
export function isForAuthServer(url) {
  const path = pathOf(url);
  return path.startsWith('/api/auth/') || path === '/.well-known/jwks.json';
}

/**
 * Forwards a request to the auth server. Sends its response unchanged, as a stream.
 *
 * @param {import('node:http').IncomingMessage & { url: string }} request
 * @param {import('node:http').ServerResponse} response
 * @param {string} authUrl
 */
export async function proxyToAuthServer(request, response, authUrl) {
  if (notNormalized.test(pathOf(request.url))) {
    sendProblem(response, 400, 'The path contains empty, "." or ".." segments, or an encoded separator.');
    return;
  }
  const body = await readBody(request);
  if (body === undefined) {
    sendProblem(response, 413, 'The body is larger than 100 kB.');
    return;
  }
  const clientLeft = new AbortController();
  response.once('close', () => clientLeft.abort());
  try {
    const client = authUrl.startsWith('https:') ? https : http;
    const forwarded = client.request(authUrl, {
      method: request.method,
      path: request.url,
      headers: withoutHopByHop(request.headers, ['host', 'content-length', 'expect']),
      signal: AbortSignal.any([clientLeft.signal, AbortSignal.timeout(timeoutMs)]),
    });
    forwarded.end(body.length > 0 ? body : undefined);
    const [upstream] = /** @type {[import('node:http').IncomingMessage]} */ (
      await once(forwarded, 'response')
    );
    response.writeHead(upstream.statusCode ?? 502, withoutHopByHop(upstream.headers, []));
    await pipeline(upstream, response);
  } catch {
    if (response.headersSent) {
      response.destroy();
    } else {
      const detail = 'The auth server is unavailable. Try again in a moment.';
      sendProblem(response, 503, detail, { 'retry-after': '5' });
    }
  }
}

/** @param {string} url */
function pathOf(url) {
  return url.split(/[?#]/, 1)[0] ?? '';
}

/**
 * @param {import('node:http').IncomingHttpHeaders} source
 * @param {string[]} others
 */
function withoutHopByHop(source, others) {
  const listed = source.connection?.split(',').map((name) => name.trim().toLowerCase()) ?? [];
  const removed = new Set([...hopByHop, ...others, ...listed]);
  return Object.fromEntries(Object.entries(source).filter(([name]) => !removed.has(name)));
}
