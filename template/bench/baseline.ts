/**
 * The baseline of `npm run bench`: returns the same responses as the api at the lowest cost. It verifies RS256 with a
 * parsed key, runs prepared statements, and writes JSON. It has no rate limits, logs, metrics or error handling and hardly
 * any validation: do not deploy it.
 */
import { createPublicKey, type JsonWebKey, randomUUID, verify } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import pg from 'pg';

const { DATABASE_URL, JWKS_URL, PORT } = process.env;
const { keys } = (await (await fetch(JWKS_URL!)).json()) as { keys: (JsonWebKey & { kid: string })[] };
const publicKeys = new Map(keys.map((jwk) => [jwk.kid, createPublicKey({ key: jwk, format: 'jwk' })]));
pg.types.setTypeParser(pg.types.builtins.TIMESTAMPTZ, (text) => text);
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 10 });

const decode = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString());
const time = (text: string | null) =>
  text && `${text.slice(0, 10)}T${text.slice(11, 19)}.${text.slice(20, -3).padEnd(3, '0')}Z`;
const columns = 'id, title, description, completed, due_at, created_at, updated_at';

function task(row: Record<string, string>) {
  const { id, title, description, completed } = row;
  const [dueAt, createdAt, updatedAt] = [row.due_at, row.created_at, row.updated_at].map((text) =>
    time(text!),
  );
  return { id, title, description, completed, dueAt, createdAt, updatedAt };
}

function authenticate(request: IncomingMessage) {
  const token = request.headers.authorization!.slice(7);
  const [header, payload, signature] = token.split('.') as [string, string, string];
  const key = publicKeys.get(decode(header).kid)!;
  const signed = Buffer.from(token.slice(0, token.lastIndexOf('.')));
  if (!verify('RSA-SHA256', signed, key, Buffer.from(signature, 'base64url'))) {
    throw new Error('bad signature');
  }
  const claims = decode(payload);
  if (claims.exp * 1000 < Date.now()) {
    throw new Error('expired');
  }
  return claims as { sub: string; email: string; name: string };
}

async function body(request: IncomingMessage) {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString());
}

async function respond(request: IncomingMessage): Promise<object> {
  const { sub, email, name } = authenticate(request);
  const id = request.url!.split('/')[3];
  if (request.url === '/api/me') {
    return { id: sub, email, name };
  }
  if (request.method === 'POST') {
    const { title } = await body(request);
    const text = `INSERT INTO tasks (owner_id, id, title, created_at, updated_at) VALUES ($1, $2, $3, $4, $4) RETURNING ${columns}`;
    const values = [sub, randomUUID(), title, new Date().toISOString()];
    return task((await pool.query({ name: 'create', text, values })).rows[0]);
  }
  if (request.method === 'PATCH') {
    const { completed } = await body(request);
    const text = `UPDATE tasks SET completed = $3, updated_at = $4, version = version + 1 WHERE owner_id = $1 AND id = $2 RETURNING ${columns}`;
    const values = [sub, id, completed, new Date().toISOString()];
    return task((await pool.query({ name: 'patch', text, values })).rows[0]);
  }
  if (id) {
    const text = `SELECT ${columns} FROM tasks WHERE owner_id = $1 AND id = $2`;
    return task((await pool.query({ name: 'get', text, values: [sub, id] })).rows[0]);
  }
  const text = `SELECT ${columns} FROM tasks WHERE owner_id = $1 ORDER BY id DESC LIMIT 21`;
  const { rows } = await pool.query({ name: 'list', text, values: [sub] });
  const nextCursor = rows.length > 20 ? Buffer.from(rows[19].id).toString('base64url') : null;
  return { items: rows.slice(0, 20).map(task), nextCursor };
}

createServer(async (request, response) => {
  try {
    const json = JSON.stringify(await respond(request));
    response.writeHead(request.method === 'POST' ? 201 : 200, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(json),
    });
    response.end(json);
  } catch {
    response.writeHead(401).end();
  }
}).listen(Number(PORT), '127.0.0.1');
