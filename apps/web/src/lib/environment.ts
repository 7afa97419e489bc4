import { type Environment, readEnvironment } from '../../environment.mjs';

let known: Environment | undefined;

/** The server's environment, read when it is first asked for: never at build time, so that one build runs anywhere. */
export function environment(): Environment {
  return (known ??= readEnvironment(process.env));
}
