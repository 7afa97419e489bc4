import { Inject, Injectable, Logger } from '@nestjs/common';
import { AUTH_OPTIONS, type AuthOptions } from './auth.options.js';
import { type BearerRequest, MAX_TOKEN_LENGTH } from './bearer-token.js';
import { decodePart, splitToken } from './token.js';

const MAX_LINES_A_MINUTE = 60;
const MINUTE_MS = 60_000;
const MAX_VALUE_LENGTH = 200;

/**
 * Says in the log why a token was refused, with what it claims and what was expected: enough to mend a configuration,
 * and nothing that could be sent again. Of one reason at most 60 lines a minute, so that a flood can't fill a disk; the
 * next line tells how many were left out.
 */
@Injectable()
export class RefusalLog {
  private readonly logger = new Logger('Auth');
  private readonly minutes = new Map<string, { beganAt: number; lines: number }>();

  constructor(@Inject(AUTH_OPTIONS) private readonly options: AuthOptions) {}

  write(reason: string, request: BearerRequest & { id?: unknown }): void {
    const leftOut = this.count(reason);
    if (leftOut === undefined) {
      return;
    }
    const { kid, alg, iss, aud, exp } = unverified(request.headers.authorization ?? '');
    this.logger.warn({
      message: 'token refused',
      reason,
      requestId: request.id,
      traceId: request.headers.traceparent?.slice(3, 35),
      kid: shown(kid),
      algorithm: shown(alg),
      expires: typeof exp === 'number' ? exp : undefined,
      foundIssuer: shown(iss),
      expectedIssuer: this.options.issuer,
      foundAudience: shown(aud),
      expectedAudience: this.options.audience,
      ...(leftOut > 0 && { leftOut }),
    });
  }

  /** How many lines were left out before this one, or undefined where it is to be left out too. */
  private count(reason: string): number | undefined {
    const now = performance.now();
    const minute = this.minutes.get(reason);
    if (minute && now - minute.beganAt < MINUTE_MS) {
      minute.lines += 1;
      return minute.lines > MAX_LINES_A_MINUTE ? undefined : 0;
    }
    this.minutes.set(reason, { beganAt: now, lines: 1 });
    return Math.max(0, (minute?.lines ?? 0) - MAX_LINES_A_MINUTE);
  }
}

/** What a token says of itself, without its signature; nothing of what is no token. */
function unverified(authorization: string): Record<string, unknown> {
  const token = authorization.slice(authorization.lastIndexOf(' ') + 1);
  const parts = token.length > MAX_TOKEN_LENGTH ? undefined : splitToken(token);
  try {
    if (!parts) return {};
    const { kid, alg } = decodePart(parts[0]);
    return { ...decodePart(parts[1]), kid, alg };
  } catch {
    return {};
  }
}

/** Printable, and not long. */
function shown(value: unknown): string | undefined {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text?.slice(0, MAX_VALUE_LENGTH).replaceAll(/[^\x20-\x7e]/g, '?');
}
