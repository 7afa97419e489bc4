import { isUtf8 } from 'node:buffer';
import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

const ASSIGNMENT = /^\s*(?:export\s+)?[A-Za-z_][\w.]*\s*=\s*(.*)$/;
const COMMENT = /^\s*(?:#.*)?$/;

/**
 * Returns the variables in `.env` of the working directory, or none if there is no such file.
 *
 * @throws Error with a user-facing message if the file cannot be read or parsed.
 */
export function readEnvFile(): NodeJS.Dict<string> {
  if (!existsSync('.env')) {
    return {};
  }
  let bytes: Buffer;
  try {
    bytes = readFileSync('.env');
  } catch (error) {
    throw new Error(`Cannot read .env: ${(error as Error).message}. Check its type and permissions.`, {
      cause: error,
    });
  }
  if (!isUtf8(bytes) || bytes.includes(0)) {
    throw new Error('.env is not encoded in UTF-8. Save it as UTF-8.');
  }
  const text = bytes.toString().replace(/^\uFEFF/, '');
  checkSyntax(text);
  return parseEnv(text);
}

/**
 * Rejects lines that Node's parser would silently skip, as their variables would be missing for no visible reason.
 *
 * @throws Error that names the line but not its content, which may be a secret.
 */
export function checkSyntax(text: string): void {
  let quote: string | undefined;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (quote) {
      quote = line.includes(quote) ? undefined : quote;
    } else if (!COMMENT.test(line)) {
      const value = ASSIGNMENT.exec(line)?.[1];
      if (value === undefined) {
        throw new Error(`Line ${index + 1} of .env is invalid. Write NAME=value, or start a comment with #.`);
      }
      const opening = /^["'`]/.exec(value)?.[0];
      quote = opening && !value.slice(1).includes(opening) ? opening : undefined;
    }
  }
  if (quote) {
    throw new Error(
      `A value in .env starts with ${quote} but has no closing ${quote}. Add the closing quote.`,
    );
  }
}
