import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { closeAfterTests } from './teardown.js';

/** What the api is to the auth server: it erases the rows of whoever a valid token names. */
export class FakeApi {
  /** Whose rows were erased, in order. */
  readonly erased: string[] = [];
  /** Requests that came, whatever became of them. */
  requests = 0;
  /** What happens to a request, where it is not to be served. */
  mishap?: (response: ServerResponse) => void;
  /** Where the issuer's keys are. */
  jwksUrl = '';

  private constructor(private server: Server) {}

  static async start(): Promise<FakeApi> {
    const api = new FakeApi(createServer());
    await api.listen(0);
    closeAfterTests(() => api.die());
    return api;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Goes away as a killed process does: no answer, no listener. */
  async die(): Promise<number> {
    if (!this.server.listening) return 0;
    const { port } = this;
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
    return port;
  }

  async listen(port: number): Promise<void> {
    this.server = createServer((request, response) => void this.serve(request, response));
    await once(this.server.listen(port, '127.0.0.1'), 'listening');
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests++;
    if (this.mishap) return this.mishap(response);
    if (request.method !== 'DELETE' || request.url !== '/api/me') return void response.writeHead(404).end();
    const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const keys = createRemoteJWKSet(new URL(this.jwksUrl));
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer: 'http://app.test',
        audience: 'http://api.test',
      });
      this.erased.push(payload.sub!);
      response.writeHead(204).end();
    } catch {
      response.writeHead(401).end();
    }
  }
}
