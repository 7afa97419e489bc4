import type { IncomingHttpHeaders } from 'node:http';

/** https://www.w3.org/TR/trace-context-2/#traceparent-header: later versions may have more behind it. */
const TRACEPARENT =
  /^(00-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}|(?!00|ff)[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}(-.*)?)$/;
const NO_TRACE = '0'.repeat(32);

/** Takes out a `traceparent` that is none, as the standard asks. */
export function removeInvalidTraceparent(headers: IncomingHttpHeaders): void {
  const { traceparent } = headers;
  const good = typeof traceparent === 'string' && TRACEPARENT.test(traceparent);
  if (traceparent !== undefined && (!good || traceparent.slice(3, 35) === NO_TRACE)) {
    delete headers.traceparent;
  }
}

/** The id of the trace that a request is part of, where it is part of one. */
export function getTraceId({ traceparent }: IncomingHttpHeaders): string | undefined {
  return (traceparent as string | undefined)?.slice(3, 35);
}
