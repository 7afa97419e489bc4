import type { IncomingHttpHeaders } from 'node:http';

/** https://www.w3.org/TR/trace-context-2/#traceparent-header. Versions after 00 may append fields. */
const TRACEPARENT =
  /^(00-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}|(?!00|ff)[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}(-.*)?)$/;
const NO_TRACE = '0'.repeat(32);

/** Removes a malformed `traceparent` header, as the standard requires. */
export function removeInvalidTraceparent(headers: IncomingHttpHeaders): void {
  const { traceparent } = headers;
  const wellFormed = typeof traceparent === 'string' && TRACEPARENT.test(traceparent);
  if (traceparent !== undefined && (!wellFormed || traceparent.slice(3, 35) === NO_TRACE)) {
    delete headers.traceparent;
  }
}

/** Returns the id of the trace that a request belongs to, if any. Call `removeInvalidTraceparent` first. */
export function getTraceId({ traceparent }: IncomingHttpHeaders): string | undefined {
  return (traceparent as string | undefined)?.slice(3, 35);
}
