import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { closeAfterTests } from './teardown.js';

/** A stand-in for the api that implements only `DELETE /api/me`. */
export class FakeApi {
  /** The users whose data was deleted, in order. */
  readonly deletedUsers: string[] = [];
  /** The number of requests, including failed ones. */
  requests = 0;
  /** Handles requests instead of the default, to simulate failures. */
  override?: (response: ServerResponse) => void;
  /** URL of the issuer's public keys. */
  jwksUrl = '';

  private constructor(private server: Server) {}

  static async start(): Promise<FakeApi> {
    const api = new FakeApi(createServer());
    await api.listen(0);
    closeAfterTests(() => api.kill());
    return api;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Drops all connections and stops listening, like a killed process. Returns the port. */
  async kill(): Promise<number> {
    if (!this.server.listening) {
      return 0;
    }
    const { port } = this;
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
    return port;
  }

  async listen(port: number): Promise<void> {
    this.server = createServer((request, response) => void this.respond(request, response));
    await once(this.server.listen(port, '127.0.0.1'), 'listening');
  }

  private async respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests++;
    if (this.override) {
      return this.override(response);
    }
    if (request.method !== 'DELETE' || request.url !== '/api/me') {
      return void response.writeHead(404).end();
    }
    const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const keys = createRemoteJWKSet(new URL(this.jwksUrl));
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer: 'http://app.test',
        audience: 'http://api.test',
      });
      this.deletedUsers.push(payload.sub!);
      response.writeHead(204).end();
    } catch {
      response.writeHead(401).end();
    }
  }
}
