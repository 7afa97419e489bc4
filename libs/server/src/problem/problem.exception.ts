import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** One mistake in a request: in its body (JSON Pointer, RFC 6901), or in a query or path parameter. */
export type ProblemDetail = ({ pointer: string } | { parameter: string }) & { detail: string };

export interface ProblemOptions {
  detail: string;
  errors?: ProblemDetail[];
  /** Headers of the answer, such as `retry-after`. */
  headers?: Record<string, string>;
}

/** An error that is answered as problem details (RFC 9457). */
export class ProblemException extends HttpException {
  readonly errors?: ProblemDetail[];
  readonly headers?: Record<string, string>;

  constructor(status: number, { detail, errors, headers }: ProblemOptions) {
    super(detail, status);
    this.errors = errors;
    this.headers = headers;
  }
}

/** The body of a problem, as JSON. */
export function problemJson(
  status: number,
  detail: string,
  target: string,
  { errors, traceId }: { errors?: ProblemDetail[]; traceId?: string } = {},
): string {
  return JSON.stringify({
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail,
    instance: pathOf(target),
    ...(errors && { errors }),
    ...(traceId && { traceId }),
  });
}

/** The path in a request target: without its query, and without the scheme and host of the absolute form. */
export function pathOf(target: string): string {
  return target.replace(/[?#].*$/s, '').replace(/^https?:\/\/[^/]*/i, '');
}
