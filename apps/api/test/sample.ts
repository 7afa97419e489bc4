import { document } from './openapi-check.js';

interface Schema {
  $ref?: string;
  type?: string | string[];
  anyOf?: Schema[];
  enum?: unknown[];
  format?: string;
  minimum?: number;
  minLength?: number;
  required?: string[];
  properties?: Record<string, Schema>;
}

/** Returns a minimal value that matches a JSON Schema of the OpenAPI document. */
export function sample(schema: Schema): unknown {
  if (schema.$ref) {
    return sample(document.components.schemas[schema.$ref.split('/').at(-1)!] as Schema);
  }
  if (schema.anyOf) {
    return sample(schema.anyOf[0]!);
  }
  if (schema.enum) {
    return schema.enum[0];
  }
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  switch (type) {
    case 'object':
      return Object.fromEntries(
        (schema.required ?? []).map((name) => [name, sample(schema.properties![name]!)]),
      );
    case 'string':
      return sampleString(schema);
    case 'integer':
    case 'number':
      return schema.minimum ?? 0;
    case 'boolean':
      return false;
    case 'array':
      return [];
    case undefined:
      // A route with `@RawBody()` accepts any bytes.
      return {};
    default:
      throw new Error(`sample() does not support ${JSON.stringify(schema)}. Add a case for it.`);
  }
}

function sampleString({ format, minLength = 1 }: Schema): string {
  switch (format) {
    case 'date':
      return '2026-12-24';
    case 'decimal':
      return '0';
    case 'date-time':
      return '2026-12-24T18:00:00Z';
    case 'uuid':
      return '0198c5a4-7d0e-7000-8000-000000000000';
    case 'email':
      return 'ada@example.com';
    case 'uri':
      return 'https://example.com';
    default:
      return 'a'.repeat(minLength);
  }
}
