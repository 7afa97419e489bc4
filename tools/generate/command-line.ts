import { parseArgs, type ParseArgsConfig } from 'node:util';

type OptionsConfig = NonNullable<ParseArgsConfig['options']>;

/** Set by npm if the user forgets `--`: npm then takes the options of the command as its own. */
const npmOptions = ['npm_config_fields', 'npm_config_nested', 'npm_config_web', 'npm_config_dry_run'];

/**
 * Runs a command and ends the process, with exit code 1 and a message if it fails. SIGINT, SIGTERM and SIGHUP abort
 * the signal that the command receives.
 */
export async function run(command: (signal: AbortSignal) => Promise<void>): Promise<never> {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => controller.abort());
  }
  try {
    await command(controller.signal);
    process.exit(0);
  } catch (error) {
    console.error(controller.signal.aborted ? 'Interrupted. No file was changed.' : (error as Error).message);
    process.exit(1);
  }
}

/**
 * Parses the arguments of a command: one name, fields if it accepts them, and options.
 *
 * @throws Error with a message for the user.
 */
export function parseCommand<const Options extends OptionsConfig>(options: Options, acceptsFields = false) {
  if (npmOptions.some((variable) => variable in process.env)) {
    throw new Error(
      'npm did not pass the options on. Put -- before the name: npm run generate -- notes --web',
    );
  }
  const { values, positionals } = parse(options);
  if (positionals.length > 1 && !acceptsFields) {
    throw new Error(`Unexpected argument "${positionals[1]}". Use one name, and put the fields in quotes.`);
  }
  return { ...values, name: positionals[0], fieldArguments: positionals.slice(1) };
}

function parse<const Options extends OptionsConfig>(options: Options) {
  try {
    return parseArgs({ allowPositionals: true, options });
  } catch (error) {
    const [problem] = (error as Error).message.split('. ');
    throw new Error(`${problem}. The options are --${Object.keys(options).join(', --')}.`, { cause: error });
  }
}
