import { randomUUID } from 'node:crypto';
import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Logger } from 'pino';
import { PRIVATE_CACHE_CONTROL } from '../http/response-headers.js';
import { getTraceId } from '../http/trace-id.js';
import { PROBLEM_TYPE, problemJson } from './problem.exception.js';

const PARSER_ERRORS: Record<string, [status: number, detail: string]> = {
  HPE_HEADER_OVERFLOW: [431, 'The headers are larger than 16 kB.'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'The chunk extensions are larger than 16 kB.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request did not arrive in time. Send it again.'],
};
const MALFORMED: [status: number, detail: string] = [400, 'The request is not valid HTTP.'];

interface ClientError extends Error {
  code?: string;
  rawPacket?: unknown;
}

/** Returns a handler that sends problem details for requests that Node rejects as malformed, oversized or too slow. */
export function createClientErrorHandler(log: Logger) {
  return (error: ClientError, socket: Socket): void => {
    const { _httpMessage: response } = socket as Socket & { _httpMessage?: ServerResponse };
    if (error.code === 'ECONNRESET' || !socket.writable || response?.headersSent) {
      socket.destroy();
      return;
    }
    const [status, detail] = PARSER_ERRORS[error.code ?? ''] ?? MALFORMED;
    let requestId: string = randomUUID();
    let target = parseTarget(error.rawPacket);
    let traceId: string | undefined;
    if (response) {
      // The headers arrived but the body did not: this request already has an id and its own log line.
      response.statusCode = status;
      requestId = String(response.req.headers['x-request-id']);
      target = response.req.url ?? '';
      traceId = getTraceId(response.req.headers);
    } else {
      // Browsers open spare connections and may never send a request on them.
      const level = socket.bytesRead === 0 ? 'debug' : 'info';
      log[level]({ requestId, status, reason: error.code }, `Request rejected: ${detail}`);
    }
    const body = problemJson(status, detail, target, { traceId });
    const head = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      `Content-Type: ${PROBLEM_TYPE}`,
      `Content-Length: ${Buffer.byteLength(body)}`,
      `X-Request-Id: ${requestId}`,
      `Cache-Control: ${PRIVATE_CACHE_CONTROL}`,
      'Connection: close',
    ];
    socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
  };
}

/** Returns the request target if the bytes start with a request line, else an empty string. */
function parseTarget(packet: unknown): string {
  const text = Buffer.isBuffer(packet) ? packet.toString('latin1') : '';
  return /^[A-Z]+ ([!-~]+)(?= HTTP\/)/.exec(text)?.[1] ?? '';
}
