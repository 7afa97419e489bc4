import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A way to a server that can be barred, and lost. */
export class TcpProxy {
  private readonly sockets = new Set<Socket>();
  private stalled = false;

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
  ) {}

  static async to(url: string): Promise<TcpProxy> {
    const server = createServer();
    const proxy = new TcpProxy(server, new URL(url));
    server.on('connection', (socket) => proxy.pass(socket));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return proxy;
  }

  /** The target's address, by way of this proxy. */
  get url(): string {
    const url = new URL(this.target);
    url.host = `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return url.href;
  }

  /** Refuses connections, and cuts those that are open. */
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

  /** Cuts what is open; new connections pass. */
  disconnect(): void {
    for (const socket of this.sockets) {
      socket.destroy();
    }
  }

  /** Swallows everything from now on, in silence. */
  stall(): void {
    this.stalled = true;
  }

  /** Lets through again what comes from now on. What was swallowed stays lost. */
  recover(): void {
    this.stalled = false;
  }

  private pass(near: Socket): void {
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
