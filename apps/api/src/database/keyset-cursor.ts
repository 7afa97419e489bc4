import { hash } from 'node:crypto';
import { ProblemException } from '@app/server';

/** The position of a row in a list: its value in the sort column, and its id to distinguish rows with equal values. */
export interface Position {
  value: string | number | boolean | null;
  id: string;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function checksum(list: string, position: string): string {
  return hash('sha256', `${list}\n${position}`, 'base64url').slice(0, 16);
}

/**
 * Returns an opaque cursor for a position in a list.
 * The checksum binds it to the list's owner, order and filters. It is not a security measure: every statement filters
 * by the owner of the request, not of the cursor.
 * @param list identifies the owner, order and filters of the list.
 */
export function encodeCursor(list: string, { value, id }: Position): string {
  const position = JSON.stringify([value, id]);
  return Buffer.from(checksum(list, position) + position).toString('base64url');
}

/**
 * Returns the position that `encodeCursor` encoded for the same list.
 * @throws ProblemException 400 if the cursor belongs to another list or is malformed.
 */
export function decodeCursor(list: string, cursor: string): Position {
  const text = Buffer.from(cursor, 'base64url').toString();
  const position = text.slice(16);
  if (text.slice(0, 16) !== checksum(list, position)) {
    throw invalidCursor();
  }
  const [value, id] = JSON.parse(position) as [Position['value'], string];
  if (!UUID.test(id)) {
    throw invalidCursor();
  }
  return { value, id };
}

export function invalidCursor(): ProblemException {
  return new ProblemException(400, {
    detail: 'The cursor does not belong to this list.',
    errors: [
      {
        parameter: 'cursor',
        detail: 'Use nextCursor from the previous page, with the same sort, search and filters',
      },
    ],
  });
}
