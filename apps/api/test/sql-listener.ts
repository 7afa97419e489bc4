import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';

export interface SqlListener {
  /** The database's address, by way of the listener. */
  url: string;
  /** The text of every statement that has come by, once each. */
  statements: Set<string>;
  close(): void;
}

/**
 * Passes connections on to a Postgres server and reads along: whatever library or code path sends a statement, it goes
 * by here. https://www.postgresql.org/docs/current/protocol-message-formats.html
 */
export async function listenToSql(databaseUrl: string): Promise<SqlListener> {
  const target = new URL(databaseUrl);
  const statements = new Set<string>();
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    const read = statementReader((statement) => statements.add(statement));
    near.on('data', read).pipe(far).pipe(near);
    for (const [one, other] of [[near, far] as const, [far, near] as const]) {
      one.on('error', () => {}).on('close', () => other.destroy());
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = new URL(target);
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url: url.href, statements, close: () => void server.close() };
}

/** Takes what a client sends to Postgres, in pieces, and calls back with the text of each `Query` and `Parse`. */
function statementReader(found: (statement: string) => void): (piece: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  // The first message, which starts the connection, has no byte for its type.
  let typeBytes = 0;
  return (piece) => {
    rest = Buffer.concat([rest, piece]);
    while (rest.length >= typeBytes + 4 && rest.length >= typeBytes + rest.readUInt32BE(typeBytes)) {
      const message = rest.subarray(0, typeBytes + rest.readUInt32BE(typeBytes));
      rest = rest.subarray(message.length);
      const type = typeBytes ? String.fromCharCode(message[0]!) : '';
      const texts = message
        .subarray(typeBytes + 4)
        .toString()
        .split('\0');
      if (type === 'Q') found(texts[0]!);
      if (type === 'P') found(texts[1]!);
      typeBytes = 1;
    }
  };
}
