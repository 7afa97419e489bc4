/**
 * Starts OpenTelemetry tracing if OTEL_EXPORTER_OTLP_ENDPOINT or OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is set, else loads
 * nothing. Await it before the first import of other code: instrumentation patches libraries as they are loaded.
 */
export async function startTracing(serviceName: string, env = process.env): Promise<void> {
  if (isTracingEnabled(env)) {
    const { registerTracing } = await import('./tracing.js');
    registerTracing(serviceName);
  }
}

/** Applies the rules of https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/ */
export function isTracingEnabled(env: NodeJS.ProcessEnv): boolean {
  const endpoint = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || env.OTEL_EXPORTER_OTLP_ENDPOINT;
  const exporter = env.OTEL_TRACES_EXPORTER || 'otlp';
  return Boolean(endpoint) && exporter === 'otlp' && env.OTEL_SDK_DISABLED?.toLowerCase() !== 'true';
}
