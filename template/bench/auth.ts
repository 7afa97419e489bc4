import { execFileSync } from 'node:child_process';
import { createHmac, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import autocannon from 'autocannon';
import { hashPassword, verifyPassword } from 'better-auth/crypto';
import getPort from 'get-port';
import pg from 'pg';
import { type BenchServer, startServer } from './servers.js';
import { lowerQuartile, percentile } from './statistics.js';

/** Enough for the server's limit of 100 requests per session in 10 seconds. */
const USERS = 500;
const CONNECTIONS = 10;
const REQUESTS_OF_A_ROUND = 100;
const SIGNATURES_OF_A_ROUND = 30;
const WARM_UP_REQUESTS = 3_000;
const SIGN_INS_AT_ONCE = 20;
const PASSWORD = 'correct horse battery';
const ORIGIN = 'http://bench';
const SECRET = randomBytes(32).toString('hex');

/** In signatures, and in milliseconds. */
const LIMITS = { token: 4, session: 2.5, tokenP99: 100 };

interface Measurement {
  name: string;
  calls: number;
  run: () => Promise<unknown>;
  /** Returns the CPU time of the measured process in microseconds. */
  cpu: () => Promise<number>;
  /** The highest multiple of one signature. */
  limit?: number;
}

/**
 * Measures the CPU time of the built auth server in multiples of one RS256 signature, which this process makes in the same
 * alternating rounds. Then measures how long a token takes while 20 users sign in.
 *
 * @returns rows of a Markdown table: lower quartile, multiple of a signature, limit, verdict.
 */
export async function measureAuth(databaseUrl: string, rounds: number): Promise<string[][]> {
  const server = await startAuth(databaseUrl);
  const hash = await hashPassword(PASSWORD);
  const cookies = await insertSessions(databaseUrl, hash);
  const signIn = signInsOf(server);
  const get = (path: string, amount = REQUESTS_OF_A_ROUND) => load(server, path, cookies, amount);
  const serverCpu = async () => (await server.usage()).cpuMicroseconds;
  const ownCpu = async () => {
    const { user, system } = process.cpuUsage();
    return user + system;
  };
  const signature = {
    name: 'one RS256 signature',
    calls: SIGNATURES_OF_A_ROUND,
    run: signTimes,
    cpu: ownCpu,
  };
  const endpoint = (path: string, limit: number): Measurement => ({
    name: `\`GET ${path}\``,
    calls: REQUESTS_OF_A_ROUND,
    run: () => get(path),
    cpu: serverCpu,
    limit,
  });
  const short = [
    signature,
    endpoint('/api/auth/token', LIMITS.token),
    endpoint('/api/auth/get-session', LIMITS.session),
  ];
  const long: Measurement[] = [
    {
      name: 'one password hash',
      calls: 1,
      run: () => verifyPassword({ hash, password: PASSWORD }),
      cpu: ownCpu,
    },
    { name: '`POST /api/auth/sign-in/email`', calls: 1, run: signIn, cpu: serverCpu },
  ];
  for (const path of ['/api/auth/token', '/api/auth/get-session']) {
    await get(path, WARM_UP_REQUESTS);
  }
  const results = [...(await alternate(short, 4 * rounds)), ...(await alternate(long, rounds))];
  const p99 = await tokenP99DuringSignIns(server, signIn, cookies, Math.ceil(rounds / 4));
  await server.stop();

  const [{ cpu: reference }] = results as [Result];
  return [
    ...results.map(({ name, limit, cpu }) => {
      const multiple = cpu / reference;
      return [name, `${cpu.toFixed(0)} µs`, multiple.toFixed(2), ...verdict(multiple, limit)];
    }),
    [
      `p99 of a token during ${SIGN_INS_AT_ONCE} sign-ins`,
      `${p99.toFixed(0)} ms`,
      '–',
      ...verdict(p99, LIMITS.tokenP99),
    ],
  ];
}

type Result = Pick<Measurement, 'name' | 'limit'> & { cpu: number };

/** Returns the lower quartile of the CPU time per call of each measurement. */
async function alternate(measurements: Measurement[], rounds: number): Promise<Result[]> {
  const samples = measurements.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [position, { calls, run, cpu }] of measurements.entries()) {
      const before = await cpu();
      await run();
      samples[position]!.push(((await cpu()) - before) / calls);
    }
  }
  return measurements.map(({ name, limit }, position) => ({
    name,
    limit,
    cpu: lowerQuartile(samples[position]!),
  }));
}

/** Returns the limit and the verdict. */
function verdict(value: number, limit: number | undefined): [string, string] {
  if (limit === undefined) {
    return ['–', '–'];
  }
  return [String(limit), value <= limit ? 'ok' : 'over'];
}

async function startAuth(databaseUrl: string): Promise<BenchServer> {
  execFileSync(process.execPath, ['dist/apps/auth/src/migrate.js'], {
    env: { PATH: process.env.PATH, NODE_ENV: 'production', AUTH_DATABASE_URL: databaseUrl },
    stdio: 'inherit',
  });
  const settings = {
    AUTH_DATABASE_URL: databaseUrl,
    BETTER_AUTH_URL: ORIGIN,
    BETTER_AUTH_SECRET: SECRET,
    API_URL: 'http://api.bench',
    // Each sign-in has an address of its own, because the server limits them per address.
    TRUST_PROXY: '127.0.0.1',
    AUTH_PORT: String(await getPort()),
  };
  return startServer('dist/apps/auth/src/main.js', settings, '/health/ready');
}

/** Creates users with this password hash and one session each. Returns their cookies. */
async function insertSessions(databaseUrl: string, hash: string): Promise<string[]> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  await client.query(
    `WITH users AS (
       INSERT INTO auth."user" (id, name, email, "emailVerified", "createdAt", "updatedAt")
       SELECT 'user-' || n, 'User ' || n, 'user-' || n || '@example.com', true, now(), now()
       FROM generate_series(1, $1::int) n RETURNING id
     ), accounts AS (
       INSERT INTO auth.account (id, "accountId", "providerId", "userId", password, "createdAt", "updatedAt")
       SELECT id, id, 'credential', id, $2, now(), now() FROM users
     )
     INSERT INTO auth.session (id, token, "userId", "ipAddress", "userAgent", "expiresAt", "createdAt", "updatedAt")
     SELECT id, 'session-of-' || id, id, '127.0.0.1', 'bench', now() + interval '7 days', now(), now() FROM users`,
    [USERS, hash],
  );
  await client.query('VACUUM ANALYZE auth."user", auth.account, auth.session');
  await client.end();
  return Array.from({ length: USERS }, (_, index) => {
    const token = `session-of-user-${index + 1}`;
    const signature = createHmac('sha256', SECRET).update(token).digest('base64');
    return `better-auth.session_token=${encodeURIComponent(`${token}.${signature}`)}`;
  });
}

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const signed = randomBytes(400);

async function signTimes(): Promise<void> {
  for (let count = 0; count < SIGNATURES_OF_A_ROUND; count++) {
    sign('RSA-SHA256', signed, privateKey);
  }
}

/** Sends requests with these cookies, and moves the used ones to the end. */
async function load(server: BenchServer, path: string, cookies: string[], amount: number): Promise<void> {
  cookies.push(...cookies.splice(0, Math.min(USERS, amount / CONNECTIONS)));
  const { non2xx, errors } = await autocannon({
    url: server.url,
    connections: CONNECTIONS,
    amount,
    sampleInt: 20,
    requests: cookies.map((cookie) => ({ path, headers: { cookie } })),
  });
  if (non2xx || errors) {
    throw new Error(`${path}: ${non2xx} responses other than 2xx, ${errors} errors.`);
  }
}

/** Returns a function that signs in one user after the other, each from an address of its own. */
function signInsOf(server: BenchServer): () => Promise<void> {
  let count = 0;
  return async () => {
    count++;
    const response = await fetch(`${server.url}/api/auth/sign-in/email`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        origin: ORIGIN,
        'x-forwarded-for': `10.0.${count >> 8}.${count & 255}`,
      },
      body: JSON.stringify({ email: `user-${1 + (count % USERS)}@example.com`, password: PASSWORD }),
    });
    await response.text();
    if (!response.ok) {
      throw new Error(`Signing in returned ${response.status}.`);
    }
  };
}

/**
 * Returns the lower quartile over all rounds of the 99th percentile of a token's time while 20 users sign in. A round with a
 * failed request counts as the slowest.
 */
async function tokenP99DuringSignIns(
  server: BenchServer,
  signIn: () => Promise<void>,
  cookies: string[],
  rounds: number,
): Promise<number> {
  const p99s: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const ended = new AbortController();
    const signIns = Promise.allSettled(Array.from({ length: SIGN_INS_AT_ONCE }, signIn)).finally(() =>
      ended.abort(),
    );
    const times: number[] = [];
    while (!ended.signal.aborted) {
      const startedAt = performance.now();
      const cookie = cookies[times.length % USERS]!;
      const response = await fetch(`${server.url}/api/auth/token`, { headers: { cookie } });
      await response.text();
      times.push(response.ok ? performance.now() - startedAt : Infinity);
    }
    const failed = (await signIns).some(({ status }) => status === 'rejected');
    p99s.push(failed ? Infinity : percentile(times, 0.99));
  }
  return lowerQuartile(p99s);
}
