import { Logger } from '@nestjs/common';
import type { BetterAuthOptions } from 'better-auth';

const logger = new Logger('BetterAuth');

const levels = { debug: 'debug', info: 'log', success: 'log', warn: 'warn', error: 'error' } as const;

/** Better Auth's log lines, with no more of an error than what it says: the rest may hold a user's data. */
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
