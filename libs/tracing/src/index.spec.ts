import { expect, it } from '@jest/globals';
import { isTracingEnabled } from './index.js';

const OTEL_EXPORTER_OTLP_ENDPOINT = 'http://localhost:4318';

it.each([
  [{}, false],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: '' }, false],
  [{ OTEL_SERVICE_NAME: 'api' }, false],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT }, true],
  [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://localhost:4318/v1/traces' }, true],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_TRACES_EXPORTER: 'otlp' }, true],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_TRACES_EXPORTER: 'none' }, false],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_SDK_DISABLED: 'true' }, false],
])('isTracingEnabled(%j) is %s', (env, expected) => {
  expect(isTracingEnabled(env)).toBe(expected);
});
