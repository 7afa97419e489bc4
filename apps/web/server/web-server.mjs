import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { isForAuthServer, proxyToAuthServer } from './auth-proxy.mjs';
import { createForwardedHeaders } from './client-address.mjs';
import { createPageSecurity } from './page-security.mjs';
import { rejectMalformedRequest, sendProblem } from './problem.mjs';
import { isBodyTooLarge } from './request-body.mjs';

/** The same timeouts as those of the api and the auth server. */
const timeouts = {
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  keepAliveTimeout: 72_000,
  connectionsCheckingInterval: 1_000,
};
const idleTimeoutMs = 60_000;

const validHost = /^[\w.:[\]-]+$/;
const healthChecks = ['/health/live', '/health/ready'];
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** @typedef {import('node:http').IncomingMessage & { url: string }} Request */
/** @typedef {import('node:http').ServerResponse} Response */

/**
 * Creates the HTTP server of the web app. It rejects invalid requests, forwards those for the auth server, and passes
 * all others to Next.
 *
 * @param {import('../environment.mjs').Environment & { development: boolean }} options
 * @param {(request: Request, response: Response) => Promise<void>} respondWithNext
 */
export function createWebServer(options, respondWithNext) {
  const { development, AUTH_URL, BETTER_AUTH_URL, WEB_PORT, WEB_TRUST_PROXY } = options;
  const setForwardedHeaders = createForwardedHeaders(WEB_TRUST_PROXY);
  const securePage = createPageSecurity(options);
  const ownHosts = [new URL(BETTER_AUTH_URL).host, `localhost:${WEB_PORT}`];

  /**
   * @param {Request} request
   * @param {Response} response
   */
  async function respond(request, response) {
    setForwardedHeaders(request);
    // A request to a proxy has an absolute URL (RFC 9112, section 3.2.2).
    request.url = request.url.replace(/^https?:\/\/[^/?#]*\/?/i, '/');
    const { host } = request.headers;
    if (request.httpVersion === '1.1' && host === undefined) {
      sendProblem(response, 400, 'The Host header is missing. HTTP/1.1 requires it.');
    } else if (!isValidHost(host ?? 'localhost') || !request.url.startsWith('/')) {
      sendProblem(response, 400, 'The Host header or the path is invalid.');
    } else if (!methods.includes(request.method ?? '')) {
      sendProblem(response, 405, 'This method is not supported.', { allow: methods.join(', ') });
    } else if (
      development &&
      !ownHosts.includes(host?.toLowerCase() ?? '') &&
      !healthChecks.includes(request.url)
    ) {
      // Next serves its development files to known hosts only. Nothing else, such as the outbox, is for other hosts
      // either: a website could have its own name resolve to this machine (DNS rebinding).
      response.writeHead(307, { location: BETTER_AUTH_URL + request.url }).end();
    } else if (isForAuthServer(request.url)) {
      await proxyToAuthServer(request, response, AUTH_URL);
    } else if (!development && isBodyTooLarge(request)) {
      sendProblem(response, 413, 'The body is larger than 100 kB.');
    } else if (!development && request.headers['transfer-encoding']) {
      sendProblem(response, 411, 'The Content-Length header is missing.');
    } else {
      request.url = encodeInvalidPath(request.url);
      securePage(request, response);
      await respondWithNext(request, response);
    }
  }

  const server = createServer({ ...timeouts, requireHostHeader: false }, (request, response) => {
    respond(/** @type {Request} */ (request), response).catch(() => response.destroy());
  });
  // In development, a response can take long, because Next compiles the page first.
  server.timeout = development ? 0 : idleTimeoutMs;
  server.on('clientError', rejectMalformedRequest);
  // A server may ignore an unknown expectation (RFC 9110, section 10.1.1); Node's own 417 response has no body.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
  return server;
}

/**
 * Listens on LISTEN_ADDRESS. The default is all interfaces in production, and the loopback addresses in development.
 *
 * @param {import('node:http').Server} server
 * @param {Pick<import('../environment.mjs').Environment, 'WEB_PORT' | 'LISTEN_ADDRESS'> & { development: boolean }} options
 * @returns {Promise<import('node:net').Server[]>} the servers to close
 */
export async function listen(server, { WEB_PORT, LISTEN_ADDRESS, development }) {
  if (LISTEN_ADDRESS || !development) {
    await once(server.listen(WEB_PORT, LISTEN_ADDRESS), 'listening');
    return [server];
  }
  await once(server.listen(WEB_PORT, '127.0.0.1'), 'listening');
  // An HTTP server listens on one address only.
  const ipv6 = createTcpServer((socket) => server.emit('connection', socket));
  const isIPv6Available = await once(ipv6.listen(WEB_PORT, '::1'), 'listening').then(
    () => true,
    () => false,
  );
  return isIPv6Available ? [server, ipv6] : [server];
}

/**
 * Returns the URL of a path that can be decoded. Next responds with 500 to a page's parameter that can't be decoded.
 *
 * @param {string} url
 */
function encodeInvalidPath(url) {
  const [path = ''] = url.split('?', 1);
  try {
    decodeURIComponent(path);
    return url;
  } catch {
    return path.replaceAll('%', '%25') + url.slice(path.length);
  }
}

/** @param {string} host */
function isValidHost(host) {
  return validHost.test(host) && URL.canParse(`http://${host}`);
}
