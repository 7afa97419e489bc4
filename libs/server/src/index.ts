export { createServer, type Server, type ServerOptions } from './create-server.js';
export { type EnvironmentOptions, findVariable, loadEnvironment } from './environment/environment.js';
export {
  boolean,
  httpUrl,
  integer,
  list,
  logLevel,
  network,
  origin,
  port,
  postgresUrl,
  redisUrl,
  smtpUrl,
  text,
} from './environment/variables.js';
export { canParseUrl } from './http/can-parse-url.js';
export { RouteOptions } from './http/route-options.js';
export {
  LockTimeoutError,
  type Query,
  reportWhileLocked,
  retryWhileLocked,
} from './migration/retry-while-locked.js';
export { prepareAppRole } from './postgres/app-role.js';
export { ASSERT_WRITABLE, isReadOnlyError } from './postgres/read-only.js';
export { warnIfUnencrypted } from './postgres/warn-if-unencrypted.js';
export { observePool } from './pool-metrics.js';
export { isDatabaseUnavailable } from './problem/database-unavailable.js';
export { type ProblemDetail, ProblemException } from './problem/problem.exception.js';
export { runCommand } from './run-command.js';
export { start } from './start.js';
export { StartupError } from './startup-error.js';
