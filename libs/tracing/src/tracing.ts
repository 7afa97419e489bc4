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

const UNTRACED_PATHS = /^\/(health\/|metrics$)/;
/** Shorter than OpenTelemetry's default of 5 s, so that few spans are lost when the process exits. */
const EXPORT_INTERVAL_MS = 500;
const URL_ATTRIBUTES = ['http.url', 'http.target', 'url.full', 'url.query'];

/** Removes query strings from spans: links in emails have tokens in them, and searches are user input. */
class QueryStrippingSpanProcessor extends BatchSpanProcessor {
  override onStart(span: Span): void {
    for (const name of URL_ATTRIBUTES) {
      const value = span.attributes[name];
      if (typeof value === 'string') {
        span.setAttribute(name, name === 'url.query' ? '' : value.replace(/\?.*$/s, ''));
      }
    }
  }
}

/**
 * Traces HTTP requests and SQL statements, and exports the spans as OTLP over HTTP (JSON). The standard OTEL_* variables
 * configure the exporter, sampler, batch size and resource.
 */
export function registerTracing(serviceName: string): void {
  const processor = new QueryStrippingSpanProcessor(
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
        ignoreIncomingRequestHook: ({ url = '' }) => UNTRACED_PATHS.test(url),
        // A request without a traceparent starts a trace: set the header so that logs and problem details have its id.
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
