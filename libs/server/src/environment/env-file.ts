import { isUtf8 } from 'node:buffer';
import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

const ASSIGNMENT = /^\s*(?:export\s+)?[A-Za-z_][\w.]*\s*=\s*(.*)$/;
const COMMENT = /^\s*(?:#.*)?$/;

/**
 * What stands in the file `.env` of the working folder; nothing where there is none.
 * @throws Error with a sentence for people, where it cannot be read or understood.
 */
export function readEnvFile(): NodeJS.Dict<string> {
  if (!existsSync('.env')) {
    return {};
  }
  let bytes: Buffer;
  try {
    bytes = readFileSync('.env');
  } catch (error) {
    throw new Error(`The file .env cannot be read (${(error as Error).message}).`, { cause: error });
  }
  if (!isUtf8(bytes) || bytes.includes(0)) {
    throw new Error('The file .env is not text in UTF-8. Save it in that encoding.');
  }
  const text = bytes.toString().replace(/^\uFEFF/, '');
  checkSyntax(text);
  return parseEnv(text);
}

/** Node's parser skips what it does not understand in silence: a value would be missing for no visible reason. */
export function checkSyntax(text: string): void {
  let quote: string | undefined;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (quote) {
      quote = line.includes(quote) ? undefined : quote;
    } else if (!COMMENT.test(line)) {
      const value = ASSIGNMENT.exec(line)?.[1];
      if (value === undefined) {
        throw new Error(`Line ${index + 1} of .env is neither NAME=value nor a comment that begins with #.`);
      }
      const opening = /^["'`]/.exec(value)?.[0];
      quote = opening && !value.slice(1).includes(opening) ? opening : undefined;
    }
  }
  if (quote) {
    throw new Error(`A value in .env begins with ${quote} and does not end with it.`);
  }
}
