export { createServer, type Server, type ServerOptions } from './create-server.js';
export { RouteOptions } from './http/route-options.js';
export { type ProblemDetail, ProblemException } from './problem/problem.exception.js';
export { start } from './start.js';
