import type { Problem } from '@app/api-client';

/** An answer of the api that is no success, or (status 0) none at all. */
export class ApiError extends Error {
  override name = 'ApiError';

  constructor(
    readonly status: number,
    readonly problem?: Partial<Problem>,
    readonly retryAfterSeconds?: number,
  ) {
    super(problem?.detail ?? problem?.title ?? `The api answered ${status}.`);
  }
}

/** Whether the same request may well succeed in a moment. */
export function isTransient(error: unknown): boolean {
  return error instanceof ApiError && [0, 429, 502, 503, 504].includes(error.status);
}

/** The value of a successful answer, with its ETag; an ApiError for any other. */
export async function unwrap<T>(
  call: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<{ data: T; etag: string | null }> {
  const { data, error, response } = await call.catch((reason: unknown) => {
    // fetch() says TypeError for every way in which no answer came.
    throw reason instanceof TypeError ? new ApiError(0) : reason;
  });
  if (response.ok) return { data: data as T, etag: response.headers.get('etag') };
  const retryAfter = Number(response.headers.get('retry-after'));
  const problem = typeof error === 'object' && error !== null ? (error as Problem) : undefined;
  throw new ApiError(response.status, problem, retryAfter > 0 ? retryAfter : undefined);
}

/** One sentence for a person on why something did not work. */
export function getErrorMessage(error: unknown): string {
  if (!(error instanceof ApiError)) return 'Something went wrong. Please try again.';
  switch (error.status) {
    case 0:
      return navigator.onLine
        ? 'The server can’t be reached right now. Please try again in a moment.'
        : 'You are offline. Please try again once you are back.';
    case 400:
      return error.problem?.errors?.[0]?.detail ?? 'The server did not accept this.';
    case 403:
      return 'You are not allowed to do this.';
    case 404:
      return 'This is not there any more.';
    case 429:
      return 'That was a lot at once. Please wait a moment and try again.';
    case 502:
    case 503:
    case 504:
      return 'The server is not available right now. Please try again in a moment.';
    default:
      return 'Something went wrong on the server. Please try again.';
  }
}
