import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { isDatabaseUnavailable } from './database-unavailable.js';
import { type ProblemDetail, problemJson } from './problem.exception.js';

const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';
const RETRY_AFTER_SECONDS = 2;

/** What the HTTP server itself refuses, in words that say what to do. */
const DETAILS: Record<string, [status: number, detail: string]> = {
  FST_ERR_BAD_URL: [400, 'The path is not well-formed.'],
  FST_ERR_MAX_PARAM_LENGTH: [404, 'There is no such path.'],
  FST_ERR_CTP_BODY_TOO_LARGE: [413, 'The body is over 100 kB.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [415, 'Send JSON, with Content-Type: application/json.'],
  FST_ERR_CTP_EMPTY_JSON_BODY: [400, 'The body is empty: send JSON.'],
  FST_ERR_CTP_INVALID_JSON_BODY: [400, 'The body is not well-formed JSON.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [400, 'The body is not as long as Content-Length says.'],
};

interface Answer {
  status: number;
  detail: string;
  headers?: Record<string, string>;
  errors?: ProblemDetail[];
}

function toAnswer(error: unknown): Answer {
  const { code, statusCode, headers, errors } = error as {
    code?: string;
    statusCode?: number;
    headers?: Record<string, string>;
    errors?: ProblemDetail[];
  };
  const known = code ? DETAILS[code] : undefined;
  if (known) {
    return { status: known[0], detail: known[1] };
  }
  if (error instanceof HttpException) {
    return { status: error.getStatus(), detail: messageOf(error), headers, errors };
  }
  if (isDatabaseUnavailable(error)) {
    const detail = 'The database cannot be reached now. Try again.';
    return { status: 503, detail, headers: { 'retry-after': String(RETRY_AFTER_SECONDS) } };
  }
  if (statusCode && statusCode >= 400 && statusCode < 500) {
    return {
      status: statusCode,
      detail: statusCode === 400 ? 'The request is not well-formed.' : 'Not accepted.',
    };
  }
  return { status: 500, detail: 'Something went wrong here. It has been logged.' };
}

function messageOf(error: HttpException): string {
  const response = error.getResponse();
  const message = typeof response === 'string' ? response : (response as { message?: unknown }).message;
  return typeof message === 'string' ? message : error.message;
}

/**
 * Answers an error as problem details (RFC 9457), with the headers that it bears. What nobody expected is logged with
 * its stack, and says nothing of it.
 */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply, log: Logger): void {
  const { status, detail, headers, errors } = toAnswer(error);
  if (status >= 500 && status !== 503) {
    log.error({ err: error, requestId: request.id }, 'unexpected error');
  } else if (status === 503 && !(error instanceof HttpException)) {
    log.warn({ requestId: request.id, reason: (error as Error).message }, 'database unavailable');
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
    .send(problemJson(status, detail, request.raw.url ?? '/', errors));
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
