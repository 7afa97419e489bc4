import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import type { z } from 'zod';
import { type ProblemDetail, ProblemException } from '../problem/problem.exception.js';

/** A client that is wrong in more places than these has enough to mend. */
const MAX_DETAILS = 100;

/** JSON Pointer (RFC 6901) of a path into the body. */
function pointerTo(path: PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** Each mistake with its place; every unknown member is a mistake of its own. */
export function toDetails(
  issues: z.core.$ZodIssue[],
  { type, data }: Pick<ArgumentMetadata, 'type' | 'data'>,
): ProblemDetail[] {
  const places = issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ path: [...issue.path, key], detail: 'Is not known here' }))
      : [{ path: issue.path, detail: issue.message }],
  );
  return places
    .slice(0, MAX_DETAILS)
    .map(({ path, detail }) =>
      type === 'body'
        ? { pointer: pointerTo(data ? [data, ...path] : path), detail }
        : { parameter: data ?? String(path[0] ?? ''), detail },
    );
}

const parseOptions = {
  error: ({ code, input }: z.core.$ZodRawIssue) =>
    code === 'invalid_type' && input === undefined ? 'Is missing' : undefined,
};

/**
 * Validates what a client sends against the Zod schema of the argument: `@Body({ schema })`, `@Query({ schema })`,
 * `@Param('id', { schema })`. That every argument has one is checked when the app is made (`assertArgumentsAreValidated`).
 *
 * Nest's own StandardSchemaValidationPipe does the same without places in its errors, and asynchronously.
 */
@Injectable()
export class ValidationPipe implements PipeTransform {
  /** @throws ProblemException 400, which names every mistake. */
  transform(value: unknown, metadata: ArgumentMetadata): unknown {
    const schema = metadata.schema as z.ZodType | undefined;
    if (!schema || metadata.type === 'custom') {
      return value;
    }
    const result = schema.safeParse(value, parseOptions);
    if (result.success) {
      return result.data;
    }
    throw new ProblemException(400, {
      detail: 'The request holds mistakes.',
      errors: toDetails(result.error.issues, metadata),
    });
  }
}
