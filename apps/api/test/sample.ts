import type { OpenApiDocument, Schema } from './openapi-check.js';

export interface SampleOptions {
  /** Includes optional properties. */
  full?: boolean;
  /** Makes the values of different samples differ, so that they don't violate unique constraints. */
  serial?: number;
}

/** Returns the component that a schema refers to, or the schema itself. */
export function resolve(document: OpenApiDocument, schema: Schema): Schema {
  return schema.$ref
    ? resolve(document, document.components.schemas[schema.$ref.split('/').at(-1)!]!)
    : schema;
}

/** Returns a value that matches a JSON Schema of the OpenAPI document. */
export function sample(document: OpenApiDocument, schema: Schema, options: SampleOptions = {}): unknown {
  const { serial = 0, full = false } = options;
  const { example, examples = [example], anyOf, oneOf, ...resolved } = resolve(document, schema);
  if (examples[0] !== undefined) {
    return examples[serial % examples.length];
  }
  const variants = anyOf ?? oneOf;
  if (variants) {
    return sample(document, variants[0]!, options);
  }
  if ('const' in resolved) {
    return resolved.const;
  }
  if (resolved.enum) {
    return resolved.enum[0];
  }
  const types = [resolved.type].flat();
  switch (types[0]) {
    case 'object': {
      const { properties = {}, required = [] } = resolved;
      const names = full ? Object.keys(properties) : required;
      return Object.fromEntries(names.map((name) => [name, sample(document, properties[name]!, options)]));
    }
    case 'string':
      return sampleString(resolved, serial);
    case 'integer':
    case 'number': {
      const { minimum = 0, maximum = Infinity } = resolved;
      return minimum + serial <= maximum ? minimum + serial : minimum;
    }
    case 'boolean':
      return false;
    case 'array':
      return Array.from({ length: resolved.minItems ?? (full ? 1 : 0) }, () =>
        sample(document, resolved.items!, options),
      );
    case undefined:
      return {};
    default:
      throw new Error(`sample() does not support ${JSON.stringify(schema)}. Add a case, or \`examples\`.`);
  }
}

/** Values of which one matches the pattern of most fields, such as that of a decimal number. */
const PATTERN_CANDIDATES = ['1', '1.0', '1.00', 'a', 'A', 'aa', 'AA', 'aaa', 'AAA'];

function sampleString(schema: Schema, serial: number): string {
  const { format, pattern, minLength = 1, maxLength = Infinity } = schema;
  switch (format) {
    case 'date-time':
      return new Date(Date.UTC(2026, 11, 24, 18, 0, serial)).toISOString();
    case 'decimal':
      return '0';
    case 'date':
      return new Date(Date.UTC(2026, 11, 24 + serial)).toISOString().slice(0, 10);
    case 'uuid':
      return `0198c5a4-7d0e-7000-8000-${String(serial).padStart(12, '0')}`;
    case 'email':
      return `ada${serial}@example.com`;
    case 'uri':
      return `https://example.com/${serial}`;
    default: {
      const text = 'a'.repeat(Math.min(Math.max(minLength, 1), maxLength));
      const unique = serial && text.length + 4 <= maxLength ? `${text}${serial}` : text;
      const found = [unique, text, ...PATTERN_CANDIDATES].find((value) =>
        new RegExp(pattern ?? '', 'u').test(value),
      );
      if (found === undefined) {
        throw new Error(
          `sample() has no value for ${JSON.stringify(schema)}. Add \`examples\` to the schema.`,
        );
      }
      return found;
    }
  }
}
