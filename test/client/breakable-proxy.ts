import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A way to a server that can break. */
export interface BreakableProxy {
  readonly address: string;
  /** Drops all connections, as when a cable is cut or a process is killed; new ones go through. */
  cut(): void;
  close(): void;
}

/** Passes bytes between its own address and that of a server. */
export async function startBreakableProxy(address: string): Promise<BreakableProxy> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    // A connection that breaks is what this is for.
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  };
  const server = createServer((inbound) => {
    const [host, port] = address.split(':');
    const outbound = connect(Number(port), host);
    keep(inbound);
    keep(outbound);
    inbound.pipe(outbound).pipe(inbound);
    inbound.on('close', () => outbound.destroy());
    outbound.on('close', () => inbound.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = () => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    close: () => {
      server.close();
      cut();
    },
  };
}
