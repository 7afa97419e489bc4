/** `@app/server/environment`: settings, commands and their errors. Does not load NestJS, so commands start quickly. */
export { canParseUrl } from '../http/can-parse-url.js';
export { runCommand } from '../run-command.js';
export { StartupError } from '../startup-error.js';
export { type EnvironmentOptions, findVariable, loadEnvironment } from './environment.js';
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
} from './variables.js';
