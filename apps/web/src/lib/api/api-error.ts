import type { Problem } from '@app/api-client';

/** A failed API request. `status` is 0 if there was no response. */
export class ApiError extends Error {
  override name = 'ApiError';

  constructor(
    readonly status: number,
    readonly problem?: Partial<Problem>,
    readonly retryAfterSeconds?: number,
  ) {
    super(problem?.detail ?? problem?.title ?? `The API responded with ${status}.`);
  }
}

/** Returns whether a retry of the same request may succeed. */
export function isTransient(error: unknown): boolean {
  return error instanceof ApiError && [0, 429, 502, 503, 504].includes(error.status);
}

/**
 * Returns the body and the ETag of a successful response.
 *
 * @throws ApiError if the response is an error, or if there was none
 */
export async function unwrap<T>(
  call: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<{ data: T; etag: string | null }> {
  const { data, error, response } = await call.catch((reason: unknown) => {
    // fetch() throws a TypeError for every network failure.
    throw reason instanceof TypeError ? new ApiError(0) : reason;
  });
  if (response.ok) {
    return { data: data as T, etag: response.headers.get('etag') };
  }
  const retryAfter = Number(response.headers.get('retry-after'));
  const problem = typeof error === 'object' && error !== null ? (error as Problem) : undefined;
  throw new ApiError(response.status, problem, retryAfter > 0 ? retryAfter : undefined);
}

/** Returns a message for the user: what failed, and what to do. */
export function getErrorMessage(error: unknown): string {
  if (!(error instanceof ApiError)) {
    return 'An unexpected error occurred. Please try again.';
  }
  switch (error.status) {
    case 0:
      return navigator.onLine
        ? 'The server can’t be reached. Try again in a moment.'
        : 'You were offline. Try again.';
    case 400:
      return error.problem?.errors?.[0]?.detail ?? 'The server rejected this input.';
    case 403:
      return 'You don’t have permission to do this.';
    case 404:
      return 'This no longer exists.';
    case 429:
      return 'Too many requests. Wait a moment and try again.';
    case 502:
    case 503:
    case 504:
      return 'The server is unavailable. Try again in a moment.';
    default:
      return 'The server had an error. Please try again.';
  }
}
