import { connect, createServer, type Server, type Socket } from 'node:net';

/** A connection on loopback that can be cut, as a network or a server that goes away would. */
export interface BreakableLink {
  /** The address of the database, by way of the link. */
  readonly url: string;
  /** Ends every connection and refuses new ones. */
  cut(): Promise<void>;
  /** Accepts connections again, at the same address. */
  mend(): Promise<void>;
  /** Accepts connections and data and never passes anything on. */
  stall(): void;
}

/** Puts a link in front of the server of a database. */
export async function linkTo(databaseUrl: string): Promise<BreakableLink> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let stalled = false;
  let server: Server | undefined;
  const accept = (client: Socket): void => {
    const upstream = connect(Number(target.port || 5432), target.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket
        .on('error', () => socket.destroy())
        .on('close', () => {
          sockets.delete(socket);
          client.destroy();
          upstream.destroy();
        });
    }
    client.on('data', (chunk) => stalled || upstream.write(chunk));
    upstream.on('data', (chunk) => stalled || client.write(chunk));
  };
  const open = (port: number): Promise<number> =>
    new Promise((resolve, reject) => {
      const opened = createServer(accept).once('error', reject);
      opened.listen(port, '127.0.0.1', () => resolve((opened.address() as { port: number }).port));
      server = opened;
    });
  const port = await open(0);
  const url = new URL(databaseUrl);
  url.host = `127.0.0.1:${port}`;
  return {
    url: url.href,
    cut: () =>
      new Promise((resolve) => {
        server?.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
    mend: async () => {
      stalled = false;
      await open(port);
    },
    stall: () => {
      stalled = true;
    },
  };
}
