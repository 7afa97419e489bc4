export { createServer, type ServerOptions } from './create-server.js';
export {
  type EnvironmentOptions,
  flag,
  httpUrl,
  integer,
  list,
  loadEnvironment,
  logLevel,
  origin,
  port,
  postgresUrl,
  redisUrl,
  smtpUrl,
  text,
} from './environment.js';
export { isDatabaseUnavailable } from './problem/database-unavailable.js';
export { type ProblemDetail, ProblemException } from './problem/problem.exception.js';
export { start } from './start.js';
