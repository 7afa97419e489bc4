import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A TCP proxy that simulates an outage of the server behind it. */
export class TcpProxy {
  private readonly sockets = new Set<Socket>();
  private stalled = false;

  private constructor(
    private readonly server: Server,
    private target: URL,
    private readonly delayMs: number,
  ) {}

  /** @param delayMs How long each connection waits for the server. */
  static async to(url: string, { delayMs = 0 } = {}): Promise<TcpProxy> {
    const server = createServer();
    const proxy = new TcpProxy(server, new URL(url), delayMs);
    server.on('connection', (socket) => void proxy.pass(socket));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return proxy;
  }

  /** The URL of the target through this proxy. */
  get url(): string {
    const url = new URL(this.target);
    url.host = `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return url.href;
  }

  /**
   * Rejects new connections and closes open ones.
   *
   * @returns a function that accepts connections again
   */
  async block(): Promise<() => Promise<void>> {
    const { port } = this.server.address() as AddressInfo;
    this.server.close();
    this.disconnect();
    await once(this.server, 'close');
    return async () => void (await once(this.server.listen(port, '127.0.0.1'), 'listening'));
  }

  async close(): Promise<void> {
    if (this.server.listening) {
      await this.block();
    }
  }

  /** Sends new connections to another server, like the address of a primary after a switchover. */
  retarget(url: string): void {
    this.target = new URL(url);
  }

  /** Closes open connections. */
  disconnect(): void {
    for (const socket of this.sockets) {
      socket.destroy();
    }
  }

  /** Drops all data from now on, and keeps the connections open. */
  stall(): void {
    this.stalled = true;
  }

  /** Passes data on again. Dropped data stays lost. */
  recover(): void {
    this.stalled = false;
  }

  private async pass(near: Socket): Promise<void> {
    if (this.delayMs > 0) {
      await sleep(this.delayMs);
    }
    if (near.destroyed) {
      return;
    }
    const far = connect(Number(this.target.port), this.target.hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.sockets.add(from);
      from.on('data', (data) => this.stalled || to.write(data));
      from.on('error', () => {});
      from.on('close', () => {
        this.sockets.delete(from);
        to.destroy();
      });
    }
  }
}
