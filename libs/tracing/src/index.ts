/**
 * Starts OpenTelemetry's tracing where the environment asks for it: OTEL_EXPORTER_OTLP_ENDPOINT (or …_TRACES_ENDPOINT)
 * is set. To be awaited before anything else is loaded, since libraries are wrapped as they are loaded; otherwise it
 * loads nothing.
 */
export async function startTracing(serviceName: string, env = process.env): Promise<void> {
  if (isTracingEnabled(env)) {
    const { trace } = await import('./tracing.js');
    trace(serviceName);
  }
}

/** https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/ */
export function isTracingEnabled(env: NodeJS.ProcessEnv): boolean {
  const endpoint = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || env.OTEL_EXPORTER_OTLP_ENDPOINT;
  const exporter = env.OTEL_TRACES_EXPORTER || 'otlp';
  return Boolean(endpoint) && exporter === 'otlp' && env.OTEL_SDK_DISABLED?.toLowerCase() !== 'true';
}
