import { validateHeaderValue } from 'node:http';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { getTraceId } from '../http/trace-id.js';
import { isDatabaseUnavailable } from './database-unavailable.js';
import { PROBLEM_TYPE, type ProblemDetail, problemJson } from './problem.exception.js';

const RETRY_AFTER = { 'retry-after': '2' };

/** Fastify's own errors, with details that say what to do. */
const FASTIFY_ERRORS: Record<
  string,
  [status: number, detail: string | ((request: FastifyRequest) => string)]
> = {
  FST_ERR_BAD_URL: [400, 'The path is malformed. Check its percent-encoding.'],
  FST_ERR_CTP_BODY_TOO_LARGE: [
    413,
    ({ routeOptions }) => `The body is larger than ${(routeOptions.bodyLimit ?? 0) / 1000} kB.`,
  ],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    415,
    ({ rawBodyTypes = ['application/json'] }) =>
      `Unsupported media type. Send a body with Content-Type: ${rawBodyTypes.join(' or ')}.`,
  ],
  FST_ERR_CTP_EMPTY_JSON_BODY: [400, 'The body is empty. Send JSON.'],
  FST_ERR_CTP_INVALID_JSON_BODY: [
    400,
    'The body is not valid JSON, or has a forbidden member such as __proto__.',
  ],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [400, 'The length of the body does not match Content-Length.'],
};

interface ErrorResponse {
  status: number;
  detail: string;
  headers?: Record<string, string>;
  errors?: ProblemDetail[];
}

/** Fields that a thrown value may have; it need not be an Error. */
interface Thrown {
  code?: string;
  statusCode?: number;
  cause?: { code?: string };
  headers?: Record<string, string>;
  errors?: ProblemDetail[];
}

function toErrorResponse(error: unknown, request: FastifyRequest): ErrorResponse {
  const { code, statusCode, cause, headers, errors } = Object(error) as Thrown;
  const fastifyError = FASTIFY_ERRORS[code ?? ''] ?? FASTIFY_ERRORS[cause?.code ?? ''];
  if (fastifyError) {
    const [status, detail] = fastifyError;
    return { status, detail: typeof detail === 'string' ? detail : detail(request) };
  }
  if (error instanceof HttpException) {
    const status = error.getStatus();
    const detail =
      status === 404 && request.is404 ? 'No route matches this method and path.' : getMessage(error);
    return { status, detail, headers: status === 503 ? { ...RETRY_AFTER, ...headers } : headers, errors };
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return { status: statusCode, detail: 'The request is malformed.' };
  }
  if (isDatabaseUnavailable(error)) {
    return { status: 503, detail: 'The database is unavailable. Try again later.', headers: RETRY_AFTER };
  }
  return {
    status: 500,
    detail: 'Unexpected error. It has been logged: include the X-Request-Id header when you report it.',
  };
}

function getMessage(error: HttpException): string {
  const response = error.getResponse();
  const message = typeof response === 'string' ? response : (response as { message?: unknown }).message;
  return typeof message === 'string' ? message : error.message;
}

/**
 * Sends an error as problem details (RFC 9457), with the headers of the exception. An unexpected error is logged with
 * its stack, and the response reveals nothing about it.
 */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply, log: Logger): void {
  const { status, detail, headers, errors } = toErrorResponse(error, request);
  const traceId = getTraceId(request.headers);
  if (status >= 500 && status !== 503) {
    log.error({ err: error, requestId: request.id, traceId }, 'Unexpected error');
  } else if (status === 503 && !(error instanceof HttpException)) {
    log.warn({ requestId: request.id, traceId, err: error }, 'Database unavailable');
  }
  if (reply.sent) {
    return;
  }
  if (Object(error).code === 'ERR_INVALID_CHAR') {
    removeInvalidHeaders(reply);
  }
  if (headers) {
    reply.headers(headers);
  }
  reply
    .status(status)
    .header('content-type', PROBLEM_TYPE)
    .send(problemJson(status, detail, request.raw.url ?? '/', { errors, traceId }));
}

/** Removes the headers of the handler that can't be sent: the problem couldn't be sent either. */
function removeInvalidHeaders(reply: FastifyReply): void {
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    try {
      validateHeaderValue(name, String(value));
    } catch {
      reply.removeHeader(name);
    }
  }
}

/** Sends every error of a Nest application as problem details. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  /** @param toException returns the exception to send instead of an error of a library, if there is one. */
  constructor(
    private readonly log: Logger,
    private readonly toException?: (error: unknown, request: FastifyRequest) => HttpException | undefined,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const exception = error instanceof HttpException ? error : this.toException?.(error, request);
    sendProblem(exception ?? error, request, http.getResponse(), this.log);
  }
}
