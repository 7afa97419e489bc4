import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { getTraceId } from '../http/trace-id.js';
import { isDatabaseUnavailable } from './database-unavailable.js';
import { PROBLEM_TYPE, type ProblemDetail, problemJson } from './problem.exception.js';

const RETRY_AFTER = { 'retry-after': '2' };

/** What the HTTP server itself refuses, in words that say what to do. */
const FASTIFY_ERRORS: Record<string, [status: number, detail: string]> = {
  FST_ERR_BAD_URL: [400, 'The path is not well-formed.'],
  FST_ERR_CTP_BODY_TOO_LARGE: [413, 'The body is over 100 kB.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [415, 'Send JSON, with Content-Type: application/json.'],
  FST_ERR_CTP_EMPTY_JSON_BODY: [400, 'The body is empty: send JSON.'],
  FST_ERR_CTP_INVALID_JSON_BODY: [400, 'The body is not well-formed JSON, or holds a member like __proto__.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [400, 'The body is not as long as Content-Length says.'],
};

interface Answer {
  status: number;
  detail: string;
  headers?: Record<string, string>;
  errors?: ProblemDetail[];
}

/** What errors may bear beside their class; anything may be thrown. */
interface Thrown {
  code?: string;
  statusCode?: number;
  cause?: { code?: string };
  headers?: Record<string, string>;
  errors?: ProblemDetail[];
}

function toErrorResponse(error: unknown, request: FastifyRequest): Answer {
  const { code, statusCode, cause, headers, errors } = Object(error) as Thrown;
  const refusal = FASTIFY_ERRORS[code ?? ''] ?? FASTIFY_ERRORS[cause?.code ?? ''];
  if (refusal) {
    return { status: refusal[0], detail: refusal[1] };
  }
  if (error instanceof HttpException) {
    const status = error.getStatus();
    const detail = status === 404 && request.is404 ? 'There is no such path.' : getMessage(error);
    return { status, detail, headers: status === 503 ? { ...RETRY_AFTER, ...headers } : headers, errors };
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return { status: statusCode, detail: 'The request is not well-formed.' };
  }
  if (isDatabaseUnavailable(error)) {
    return { status: 503, detail: 'What this needs cannot be reached now. Try again.', headers: RETRY_AFTER };
  }
  return { status: 500, detail: 'Something went wrong here. It has been logged.' };
}

function getMessage(error: HttpException): string {
  const response = error.getResponse();
  const message = typeof response === 'string' ? response : (response as { message?: unknown }).message;
  return typeof message === 'string' ? message : error.message;
}

/**
 * Answers an error as problem details (RFC 9457), with the headers that it bears. What nobody expected is logged with
 * its stack, and says nothing of it.
 */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply, log: Logger): void {
  const { status, detail, headers, errors } = toErrorResponse(error, request);
  const traceId = getTraceId(request.headers);
  if (status >= 500 && status !== 503) {
    log.error({ err: error, requestId: request.id, traceId }, 'unexpected error');
  } else if (status === 503 && !(error instanceof HttpException)) {
    log.warn({ requestId: request.id, traceId, err: error }, 'database unavailable');
  }
  if (reply.sent) {
    return;
  }
  if (headers) {
    reply.headers(headers);
  }
  reply
    .status(status)
    .header('content-type', PROBLEM_TYPE)
    .send(problemJson(status, detail, request.raw.url ?? '/', { errors, traceId }));
}

/** Turns every error of a Nest app into problem details. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    sendProblem(error, http.getRequest(), http.getResponse(), this.log);
  }
}
