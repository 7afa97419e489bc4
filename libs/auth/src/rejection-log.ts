import { Inject, Injectable, Logger } from '@nestjs/common';
import { AUTH_OPTIONS, type AuthOptions } from './auth.options.js';
import type { BearerRequest } from './bearer-token.js';
import { decodePart, MAX_TOKEN_LENGTH, splitToken } from './token.js';

const MAX_LINES_PER_MINUTE = 60;
const MINUTE_MS = 60_000;
const MAX_VALUE_LENGTH = 200;

/**
 * Logs why tokens are rejected, with the claims found and expected: enough to fix a configuration, and nothing that
 * could be replayed. Each reason is limited to 60 lines per minute, so that a flood of bad tokens cannot fill a disk.
 */
@Injectable()
export class RejectionLog {
  private readonly logger = new Logger('Auth');
  private readonly windows = new Map<string, { startedAt: number; lines: number }>();

  constructor(@Inject(AUTH_OPTIONS) private readonly options: AuthOptions) {}

  write(reason: string, request: BearerRequest & { id?: unknown }): void {
    const suppressed = this.count(reason);
    if (suppressed === undefined) {
      return;
    }
    const { kid, alg, iss, aud, exp } = decodeUnverified(request.headers.authorization ?? '');
    this.logger.warn({
      message: 'Token rejected',
      reason,
      requestId: request.id,
      traceId: request.headers.traceparent?.slice(3, 35),
      kid: toPrintable(kid),
      algorithm: toPrintable(alg),
      expires: typeof exp === 'number' ? exp : undefined,
      foundIssuer: toPrintable(iss),
      expectedIssuer: this.options.issuer,
      foundAudience: toPrintable(aud),
      expectedAudience: this.options.audience,
      ...(suppressed > 0 && { suppressed }),
    });
  }

  /** Returns how many lines were suppressed before this one, or undefined if this one must be suppressed too. */
  private count(reason: string): number | undefined {
    const now = performance.now();
    const window = this.windows.get(reason);
    if (window && now - window.startedAt < MINUTE_MS) {
      window.lines += 1;
      return window.lines > MAX_LINES_PER_MINUTE ? undefined : 0;
    }
    this.windows.set(reason, { startedAt: now, lines: 1 });
    return Math.max(0, (window?.lines ?? 0) - MAX_LINES_PER_MINUTE);
  }
}

/** Returns the claims, `kid` and `alg` of a token without verifying it; empty if it cannot be decoded. */
function decodeUnverified(authorization: string): Record<string, unknown> {
  const token = authorization.slice(authorization.lastIndexOf(' ') + 1);
  const parts = token.length > MAX_TOKEN_LENGTH ? undefined : splitToken(token);
  try {
    if (!parts) {
      return {};
    }
    const { kid, alg } = decodePart(parts[0]);
    return { ...decodePart(parts[1]), kid, alg };
  } catch {
    return {};
  }
}

/** Converts a value to printable ASCII of limited length. */
function toPrintable(value: unknown): string | undefined {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text?.slice(0, MAX_VALUE_LENGTH).replaceAll(/[^\x20-\x7e]/g, '?');
}
