import { hash } from 'node:crypto';
import { ProblemException } from '@app/server';

/** The place of a row in a list: its value in the sort column, and its id, which tells rows of one value apart. */
export interface Position {
  value: string | number | boolean | null;
  id: string;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function seal(list: string, position: string): string {
  return hash('sha256', `${list}\n${position}`, 'base64url').slice(0, 16);
}

/**
 * An opaque text for a position in one list. The seal ties it to the list (whose rows, in which order, filtered how)
 * and finds accidental changes. It is no secret: the owner stands in every statement, whatever a cursor says.
 */
export function encodeCursor(list: string, { value, id }: Position): string {
  const position = JSON.stringify([value, id]);
  return Buffer.from(seal(list, position) + position).toString('base64url');
}

/**
 * The position that `encodeCursor` made for the same list.
 * @throws ProblemException 400 for a cursor of another list, or no cursor at all.
 */
export function decodeCursor(list: string, cursor: string): Position {
  const text = Buffer.from(cursor, 'base64url').toString();
  const position = text.slice(16);
  if (text.slice(0, 16) !== seal(list, position)) {
    throw invalidCursor();
  }
  const [value, id] = JSON.parse(position) as [Position['value'], string];
  if (!UUID.test(id)) {
    throw invalidCursor();
  }
  return { value, id };
}

/** The answer to a cursor that does not fit its list. */
export function invalidCursor(): ProblemException {
  return new ProblemException(400, {
    detail: 'The cursor does not belong to this list.',
    errors: [
      {
        parameter: 'cursor',
        detail: 'Use the nextCursor of the page before, with the same sort, search and filters.',
      },
    ],
  });
}
