import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';

export interface SqlListener {
  /** The connection URL of the proxy. */
  url: string;
  /** The distinct texts of all statements so far, except those in an owner scope. */
  statements: Set<string>;
  /** The distinct texts of all statements in an owner scope, where row-level security applies. */
  scopedStatements: Set<string>;
  close(): void;
}

/** A scope switches the role of its transaction. */
const ENTERS_SCOPE = /\bSET LOCAL ROLE (?!NONE\b)/i;
const LEAVES_SCOPE = /\bSET LOCAL ROLE NONE\b|^\s*(COMMIT|END|ROLLBACK)\b(?! TO\b)/i;

/**
 * Starts a TCP proxy to PostgreSQL that records all statements, whichever library sends them.
 * See https://www.postgresql.org/docs/current/protocol-message-formats.html
 */
export async function listenToSql(databaseUrl: string): Promise<SqlListener> {
  const target = new URL(databaseUrl);
  const statements = new Set<string>();
  const scopedStatements = new Set<string>();
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    let isInScope = false;
    const read = statementReader((statement) => {
      if (ENTERS_SCOPE.test(statement)) {
        isInScope = true;
      }
      (isInScope ? scopedStatements : statements).add(statement);
      if (LEAVES_SCOPE.test(statement)) {
        isInScope = false;
      }
    });
    client.on('data', read).pipe(upstream).pipe(client);
    for (const [socket, peer] of [[client, upstream] as const, [upstream, client] as const]) {
      socket.on('error', () => {}).on('close', () => peer.destroy());
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = new URL(target);
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url: url.href, statements, scopedStatements, close: () => void server.close() };
}

/** Returns a reader of a client's data stream that calls back with the text of each `Query` and `Parse` message. */
function statementReader(onStatement: (statement: string) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  // The startup message is the only one without a type byte.
  let typeBytes = 0;
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= typeBytes + 4 && rest.length >= typeBytes + rest.readUInt32BE(typeBytes)) {
      const message = rest.subarray(0, typeBytes + rest.readUInt32BE(typeBytes));
      rest = rest.subarray(message.length);
      const type = typeBytes ? String.fromCharCode(message[0]!) : '';
      const texts = message
        .subarray(typeBytes + 4)
        .toString()
        .split('\0');
      if (type === 'Q') {
        onStatement(texts[0]!);
      }
      if (type === 'P') {
        onStatement(texts[1]!);
      }
      typeBytes = 1;
    }
  };
}
