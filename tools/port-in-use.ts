import getPort from 'get-port';

/** Returns whether a program listens on the port, on any address of this machine. */
export async function isPortInUse(port: number): Promise<boolean> {
  return (await getPort({ port })) !== port;
}
