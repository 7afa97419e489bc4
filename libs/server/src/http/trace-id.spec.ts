import { expect, it } from '@jest/globals';
import { removeInvalidTraceparent, getTraceId } from './trace-id.js';

const trace = '4bf92f3577b34da6a3ce929d0e0e4736';

const idIn = (traceparent: string | string[]) => {
  const headers = { traceparent } as Record<string, string>;
  removeInvalidTraceparent(headers);
  return getTraceId(headers);
};

it.each([
  ['as it should be', `00-${trace}-00f067aa0ba902b7-01`],
  ['of a later version', `01-${trace}-00f067aa0ba902b7-01-what-comes-then`],
])('reads a header %s', (_, header) => {
  expect(idIn(header)).toBe(trace);
});

it.each([
  ['nothing', ''],
  ['text', 'trace'],
  ['another length', `00-${trace}0-00f067aa0ba902b7-01`],
  ['capitals', `00-${trace.toUpperCase()}-00f067aa0ba902b7-01`],
  ['more than its version has', `00-${trace}-00f067aa0ba902b7-01-more`],
  ['the version that there will never be', `ff-${trace}-00f067aa0ba902b7-01`],
  ['no trace', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`],
  ['two headers', `00-${trace}-00f067aa0ba902b7-01, 00-${trace}-00f067aa0ba902b7-01`],
])('finds none in %s', (_, header) => {
  expect(idIn(header)).toBeUndefined();
});
