import { parseArgs, type ParseArgsConfig } from 'node:util';

type OptionsConfig = NonNullable<ParseArgsConfig['options']>;

/** What npm takes for itself where the -- is forgotten, and what would then be missed without a word. */
const swallowed = ['npm_config_fields', 'npm_config_web', 'npm_config_dry_run'];

/**
 * Runs a command that changes files, and ends this program: with 1 and one sentence where it cannot be done. Asked to
 * stop, the command gets the signal, and has changed nothing.
 */
export async function run(command: (signal: AbortSignal) => Promise<void>): Promise<never> {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => interrupted.abort());
  }
  try {
    await command(interrupted.signal);
    process.exit(0);
  } catch (error) {
    console.error(
      interrupted.signal.aborted ? 'Interrupted: nothing was changed.' : (error as Error).message,
    );
    process.exit(1);
  }
}

/**
 * Reads the arguments of a command: one name, and options.
 *
 * @throws Error with a sentence for people.
 */
export function readCommand<const Options extends OptionsConfig>(options: Options) {
  if (swallowed.some((variable) => variable in process.env)) {
    throw new Error(
      'npm took an option for itself: put -- before the name, as in npm run generate -- notes.',
    );
  }
  const { values, positionals } = parse(options);
  if (positionals.length > 1) {
    throw new Error(`One name at a time, and "${positionals[1]}" is another: put the fields in quotes.`);
  }
  return { ...values, name: positionals[0] };
}

function parse<const Options extends OptionsConfig>(options: Options) {
  try {
    return parseArgs({ allowPositionals: true, options });
  } catch (error) {
    throw new Error(
      `${(error as Error).message.split('. ')[0]}. There are: --${Object.keys(options).join(', --')}.`,
      {
        cause: error,
      },
    );
  }
}
