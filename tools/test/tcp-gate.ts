import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A way to a server that can be barred, and lost. */
export class TcpGate {
  private readonly sockets = new Set<Socket>();
  private stalled = false;

  private constructor(
    private readonly server: Server,
    private target: URL,
  ) {}

  static async to(url: string): Promise<TcpGate> {
    const server = createServer();
    const gate = new TcpGate(server, new URL(url));
    server.on('connection', (socket) => gate.pass(socket));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return gate;
  }

  /** The target's address, by way of this gate. */
  get url(): string {
    const url = new URL(this.target);
    url.host = `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return url.href;
  }

  /** Refuses connections, and cuts those that are open. */
  async bar(): Promise<() => Promise<void>> {
    const { port } = this.server.address() as AddressInfo;
    this.server.close();
    this.cut();
    await once(this.server, 'close');
    return async () => void (await once(this.server.listen(port, '127.0.0.1'), 'listening'));
  }

  async close(): Promise<void> {
    if (this.server.listening) await this.bar();
  }

  /** Leads new connections to another server, like the address of a primary after a switchover. */
  retarget(url: string): void {
    this.target = new URL(url);
  }

  /** Cuts what is open; new connections pass. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
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
