/** `@app/server/postgres`: roles, migrations and errors of PostgreSQL. Does not load NestJS, so commands start quickly. */
export {
  LockTimeoutError,
  type Query,
  reportWhileLocked,
  retryWhileLocked,
} from '../migration/retry-while-locked.js';
export { isDatabaseUnavailable } from '../problem/database-unavailable.js';
export { prepareAppRole } from './app-role.js';
export { observePool } from './observed-pools.js';
export { ASSERT_WRITABLE, isReadOnlyError } from './read-only.js';
export { warnIfUnencrypted } from './warn-if-unencrypted.js';
