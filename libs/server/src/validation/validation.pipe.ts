import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import type { z } from 'zod';
import { type ProblemDetail, ProblemException } from '../problem/problem.exception.js';
import { getErrorMessage } from './error-messages.js';

/** Bounds the size of the response. */
const MAX_ERRORS = 100;

/** Returns the JSON Pointer (RFC 6901) of a path in the body. */
function toPointer(path: PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** Converts Zod issues to validation errors, with one error for each unknown property. */
export function toDetails(
  issues: z.core.$ZodIssue[],
  { type, data }: Pick<ArgumentMetadata, 'type' | 'data'>,
): ProblemDetail[] {
  const unknown = type === 'body' ? 'Unknown property' : 'Unknown parameter';
  const located = issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ path: [...issue.path, key], detail: unknown }))
      : [{ path: issue.path, detail: issue.message }],
  );
  return located
    .slice(0, MAX_ERRORS)
    .map(({ path, detail }) =>
      type === 'body'
        ? { pointer: toPointer(data ? [data, ...path] : path), detail }
        : { parameter: data ?? String(path[0] ?? ''), detail },
    );
}

/**
 * Validates client input against the Zod schema of the handler argument: `@Body({ schema })`, `@Query({ schema })`,
 * `@Param('id', { schema })`. `validateArguments` adds it to these arguments.
 *
 * Nest's own StandardSchemaValidationPipe is asynchronous, and its errors do not say where the invalid value is.
 */
@Injectable()
export class ValidationPipe implements PipeTransform {
  /** @throws ProblemException 400 that lists the validation errors, 100 at most. */
  transform(value: unknown, metadata: ArgumentMetadata): unknown {
    const schema = metadata.schema as z.ZodType | undefined;
    if (!schema || metadata.type === 'custom') {
      return value;
    }
    const result = schema.safeParse(value, { error: getErrorMessage });
    if (result.success) {
      return result.data;
    }
    throw new ProblemException(400, {
      detail: 'Validation failed.',
      errors: toDetails(result.error.issues, metadata),
    });
  }
}
