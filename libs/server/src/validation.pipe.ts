import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import type { z } from 'zod';
import { type ProblemDetail, ProblemException } from './problem/problem.exception.js';

/** JSON Pointer (RFC 6901) of a path into the body. */
function pointerTo(path: PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** Each mistake with its place; every unknown member is a mistake of its own. */
function toDetails(issues: z.core.$ZodIssue[], { type, data }: ArgumentMetadata): ProblemDetail[] {
  const places = issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ path: [...issue.path, key], detail: 'Is not known here' }))
      : [{ path: issue.path, detail: issue.message }],
  );
  return places.map(({ path, detail }) =>
    type === 'body'
      ? { pointer: pointerTo(path), detail }
      : { parameter: data ?? String(path[0] ?? ''), detail },
  );
}

/**
 * Validates what a client sends against the Zod schema of the argument: `@Body({ schema })`, `@Query({ schema })`,
 * `@Param('id', { schema })`. An argument without one is refused, so that nothing reaches a handler unchecked.
 *
 * Nest's own StandardSchemaValidationPipe does the same without places in its errors, and lets an argument without a
 * schema pass.
 */
@Injectable()
export class ValidationPipe implements PipeTransform {
  /** @throws ProblemException 400, which names every mistake. */
  transform(value: unknown, metadata: ArgumentMetadata): unknown {
    if (metadata.type === 'custom') {
      return value;
    }
    const schema = metadata.schema as z.ZodType | undefined;
    if (!schema) {
      throw new TypeError(
        `An argument of type ${metadata.type} has no schema: write @Body({ schema }) or the like.`,
      );
    }
    const result = schema.safeParse(value);
    if (result.success) {
      return result.data;
    }
    throw new ProblemException(400, {
      detail: 'The request holds mistakes.',
      errors: toDetails(result.error.issues, metadata),
    });
  }
}
