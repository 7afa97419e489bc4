import { expect, it } from '@jest/globals';
import { removeInvalidTraceparent, getTraceId } from './trace-id.js';

const trace = '4bf92f3577b34da6a3ce929d0e0e4736';

const parseTraceId = (traceparent: string | string[]) => {
  const headers = { traceparent } as Record<string, string>;
  removeInvalidTraceparent(headers);
  return getTraceId(headers);
};

it.each([
  ['of version 00', `00-${trace}-00f067aa0ba902b7-01`],
  ['of a later version', `01-${trace}-00f067aa0ba902b7-01-future-field`],
])('reads the trace id of a header %s', (_, header) => {
  expect(parseTraceId(header)).toBe(trace);
});

it.each([
  ['an empty header', ''],
  ['plain text', 'trace'],
  ['a trace id of the wrong length', `00-${trace}0-00f067aa0ba902b7-01`],
  ['upper-case digits', `00-${trace.toUpperCase()}-00f067aa0ba902b7-01`],
  ['a version 00 header with an extra field', `00-${trace}-00f067aa0ba902b7-01-extra`],
  ['the forbidden version ff', `ff-${trace}-00f067aa0ba902b7-01`],
  ['an all-zero trace id', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`],
  ['two headers', `00-${trace}-00f067aa0ba902b7-01, 00-${trace}-00f067aa0ba902b7-01`],
])('finds no trace id in %s', (_, header) => {
  expect(parseTraceId(header)).toBeUndefined();
});
