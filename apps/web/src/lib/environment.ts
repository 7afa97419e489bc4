import { type Environment, readEnvironment } from '../../environment.mjs';

let cached: Environment | undefined;

/** Returns the environment of the server. Reads it at run time, so that one build runs in any environment. */
export function environment(): Environment {
  return (cached ??= readEnvironment(process.env));
}
