import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** A validation error in the body (JSON Pointer, RFC 6901), or in a query or path parameter. */
export type ProblemDetail = ({ pointer: string } | { parameter: string }) & { detail: string };

export interface ProblemOptions {
  detail: string;
  errors?: ProblemDetail[];
  /** Response headers, such as `retry-after`. */
  headers?: Record<string, string>;
}

/** An HTTP error that is sent as problem details (RFC 9457). */
export class ProblemException extends HttpException {
  readonly errors?: ProblemDetail[];
  readonly headers?: Record<string, string>;

  constructor(status: number, { detail, errors, headers }: ProblemOptions) {
    super(detail, status);
    this.errors = errors;
    this.headers = headers;
  }
}

/** Returns the JSON body of a problem details response. */
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
    instance: getPath(target),
    ...(errors && { errors }),
    ...(traceId && { traceId }),
  });
}

/** Returns the path of a request target, without its query and without the scheme and host of the absolute form. */
export function getPath(target: string): string {
  return target.replace(/[?#].*$/s, '').replace(/^https?:\/\/[^/]*/i, '');
}
