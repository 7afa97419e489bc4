import { Logger } from '@nestjs/common';
import type { BetterAuthOptions } from 'better-auth';

const logger = new Logger('BetterAuth');

const levels = { debug: 'debug', info: 'log', success: 'log', warn: 'warn', error: 'error' } as const;

/** Writes Better Auth's log lines with the message of an error only: its other properties can contain user data. */
export const betterAuthLogger: NonNullable<NonNullable<BetterAuthOptions['logger']>['log']> = (
  level,
  message,
  ...rest
) => {
  const errors = rest
    .filter((item) => item instanceof Error)
    .map((error) => `${error.name}: ${error.message}`);
  logger[levels[level]]([message, ...errors].filter(Boolean).join(': '));
};
