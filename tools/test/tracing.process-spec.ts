import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import getPort from 'get-port';
import { compile } from '../compile.js';
import { exitWithParent } from '../start/app.js';
import { createTestDatabase, type TestDatabase } from './database.js';
import { type Issuer, startIssuer } from './issuer.js';
import { waitUntilReady } from './wait-until-ready.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const BROWSER = '00f067aa0ba902b7';
const AUDIENCE = 'http://api.test';
/** No random value, such as the name of the database, can contain it. */
const USER = 'user-that-must-not-leak';
const SERVER = 2;
const CLIENT = 3;

interface Span {
  service: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  attributes: { key: string; value: { stringValue?: string } }[];
}

interface Export {
  resourceSpans: {
    resource: { attributes: Span['attributes'] };
    scopeSpans: { spans: Omit<Span, 'service'>[] }[];
  }[];
}

let database: TestDatabase;
let issuer: Issuer;
let collector: Server;
let api: ChildProcess;
let url: string;
let token: string;
let output: Promise<string>;
const spans: Span[] = [];

/** Starts an OpenTelemetry collector that accepts OTLP over HTTP. */
async function startCollector(): Promise<Server> {
  const server = createServer(async (request, response) => {
    const body = await text(request);
    for (const { resource, scopeSpans } of (JSON.parse(body) as Export).resourceSpans) {
      const service = valueOf(resource, 'service.name')!;
      spans.push(...scopeSpans.flatMap((scope) => scope.spans.map((span) => ({ ...span, service }))));
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server;
}

const valueOf = ({ attributes }: Pick<Span, 'attributes'>, name: string) =>
  attributes.find(({ key }) => key === name)?.value.stringValue;

async function spansOf(traceId: string): Promise<Span[]> {
  while (!spans.some((span) => span.traceId === traceId && span.kind === SERVER)) {
    await sleep(50);
  }
  await sleep(700);
  return spans.filter((span) => span.traceId === traceId);
}

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(url + path, { headers: { authorization: `Bearer ${token}`, ...headers } });

beforeAll(async () => {
  [database, issuer, collector] = await Promise.all([createTestDatabase(), startIssuer(), startCollector()]);
  const port = await getPort();
  url = `http://localhost:${port}`;
  token = await issuer.sign({ sub: USER, aud: AUDIENCE });
  api = fork(await compile('apps/api/src/main.ts'), {
    execArgv: ['--import', exitWithParent],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: {
      ...process.env,
      NODE_ENV: 'production',
      API_PORT: String(port),
      DATABASE_URL: database.url,
      JWKS_URL: issuer.jwksUrl,
      JWT_ISSUER: issuer.url,
      JWT_AUDIENCE: AUDIENCE,
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
    },
  });
  output = text(api.stdout!);
  await waitUntilReady(url);
}, 60_000);

afterAll(async () => {
  api.kill('SIGKILL');
  collector.close();
  await issuer.close();
  await database.drop();
});

it('continues the trace of the browser down to the SQL statement', async () => {
  await get('/api/tasks?search=hunter2', { traceparent: `00-${TRACE}-${BROWSER}-01` });
  const trace = await spansOf(TRACE);
  const request = trace.find(({ kind }) => kind === SERVER)!;
  expect(request).toMatchObject({ service: 'api', parentSpanId: BROWSER });
  const statements = trace.filter((span) => span.kind === CLIENT && /SELECT/.test(JSON.stringify(span)));
  expect(statements).not.toEqual([]);
  const ids = new Set(trace.map(({ spanId }) => spanId));
  for (const { parentSpanId } of statements) {
    expect(ids).toContain(parentSpanId);
  }
});

it('exports neither search terms nor tokens nor user ids', async () => {
  const sent = JSON.stringify(await spansOf(TRACE));
  expect(sent).not.toContain('hunter2');
  expect(sent).not.toContain(token);
  expect(sent).not.toContain(USER);
});

it('starts a trace for a request without one, and adds its id to the problem and the log', async () => {
  const { traceId } = (await (await get('/api/tasks/none')).json()) as { traceId: string };
  expect((await spansOf(traceId)).find(({ kind }) => kind === SERVER)).toMatchObject({ service: 'api' });
  api.kill('SIGTERM');
  const lines = (await output)
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as object);
  expect(lines).toContainEqual(expect.objectContaining({ traceId, route: '/api/tasks/:id', status: 400 }));
});

it('does not trace health checks', () => {
  expect(spans.filter(({ attributes }) => JSON.stringify(attributes).includes('/health/'))).toEqual([]);
});
