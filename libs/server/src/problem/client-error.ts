import { randomUUID } from 'node:crypto';
import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Logger } from 'pino';
import { getTraceId } from '../http/trace-id.js';
import { PROBLEM_TYPE, problemJson } from './problem.exception.js';

const PARSER_ERRORS: Record<string, [status: number, detail: string]> = {
  HPE_HEADER_OVERFLOW: [431, 'The headers are over 16 kB.'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'The chunk extensions are over 16 kB.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request took too long to arrive.'],
};
const MALFORMED: [status: number, detail: string] = [400, 'The request is not well-formed HTTP.'];

interface ClientError extends Error {
  code?: string;
  rawPacket?: unknown;
}

/** Answers what Node refuses before there is a request, or before all of it has come: malformed, oversized or too slow. */
export function createClientErrorHandler(log: Logger) {
  return (error: ClientError, socket: Socket): void => {
    const { _httpMessage: answer } = socket as Socket & { _httpMessage?: ServerResponse };
    if (error.code === 'ECONNRESET' || !socket.writable || answer?.headersSent) {
      socket.destroy();
      return;
    }
    const [status, detail] = PARSER_ERRORS[error.code ?? ''] ?? MALFORMED;
    let requestId: string = randomUUID();
    let target = targetIn(error.rawPacket);
    let traceId: string | undefined;
    if (answer) {
      // The headers have come, and the body does not: the request has its id, and its own line in the log.
      answer.statusCode = status;
      requestId = String(answer.req.headers['x-request-id']);
      target = answer.req.url ?? '';
      traceId = getTraceId(answer.req.headers);
    } else {
      // Browsers open connections in advance, and may never ask anything.
      const level = socket.bytesRead === 0 ? 'debug' : 'info';
      log[level]({ requestId, status, reason: error.code }, `refused: ${detail}`);
    }
    const body = problemJson(status, detail, target, { traceId });
    const head = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      `Content-Type: ${PROBLEM_TYPE}`,
      `Content-Length: ${Buffer.byteLength(body)}`,
      `X-Request-Id: ${requestId}`,
      'Connection: close',
    ];
    socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
  };
}

/** The target in the request line, where these bytes begin with one. */
function targetIn(packet: unknown): string {
  const text = Buffer.isBuffer(packet) ? packet.toString('latin1') : '';
  return /^[A-Z]+ ([!-~]+)(?= HTTP\/)/.exec(text)?.[1] ?? '';
}
