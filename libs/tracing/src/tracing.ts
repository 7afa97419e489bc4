import { IncomingMessage } from 'node:http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider, type Span } from '@opentelemetry/sdk-trace-node';

const QUIET = /^\/(health\/|metrics$)/;
/** Often, so that little is lost at the end of the process. */
const EXPORT_INTERVAL_MS = 500;
const WITH_QUERY = ['http.url', 'http.target', 'url.full', 'url.query'];

/** Links in mails bear tokens in their queries, and searches are what people wrote: neither leaves the process. */
class WithoutQueries extends BatchSpanProcessor {
  override onStart(span: Span): void {
    for (const name of WITH_QUERY) {
      const value = span.attributes[name];
      if (typeof value === 'string') {
        span.setAttribute(name, name === 'url.query' ? '' : value.replace(/\?.*$/s, ''));
      }
    }
  }
}

/**
 * Traces each request from its arrival to its statements, and sends the spans as OTLP over HTTP (JSON). Exporter,
 * sampler, batches and resource are configured by the standard OTEL_* variables.
 */
export function trace(serviceName: string): void {
  const processor = new WithoutQueries(
    new OTLPTraceExporter(),
    process.env.OTEL_BSP_SCHEDULE_DELAY ? {} : { scheduledDelayMillis: EXPORT_INTERVAL_MS },
  );
  const provider = new NodeTracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': serviceName }))
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [processor],
  });
  provider.register();
  registerInstrumentations({
    tracerProvider: provider,
    instrumentations: [
      new HttpInstrumentation({
        ignoreIncomingRequestHook: ({ url = '' }) => QUIET.test(url),
        // A request without a trace of its own begins one: its log lines and problems bear that id then.
        requestHook: (span, request) => {
          const { traceId, spanId, traceFlags } = span.spanContext();
          if (request instanceof IncomingMessage) {
            const flags = traceFlags.toString(16).padStart(2, '0');
            request.headers.traceparent = `00-${traceId}-${spanId}-${flags}`;
          }
        },
      }),
      new PgInstrumentation({ requireParentSpan: true }),
    ],
  });
}
