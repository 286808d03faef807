import { connect, createServer, type Server, type Socket } from 'node:net';

/** A connection on loopback that can stall, as a network does that loses its packets, or be cut. */
export interface Link {
  /** The address of the server, by way of the link. */
  readonly url: string;
  /** From now on nothing gets through, and nobody is told; what was sent arrives after `mend`. */
  stall(): void;
  /** Ends every connection and accepts no new one. */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

/** Puts a link in front of a server. */
export async function openLink(serverUrl: string): Promise<Link> {
  const target = new URL(serverUrl);
  const pairs = new Set<readonly [Socket, Socket]>();
  let state: 'whole' | 'stalled' | 'cut' = 'whole';
  const server = createServer((client) => {
    if (state === 'cut') return void client.destroy();
    const pair = join(client, Number(target.port), (closed) => pairs.delete(closed));
    pairs.add(pair);
    if (state === 'stalled') for (const socket of pair) socket.pause();
  });
  const port = await listen(server);
  const url = new URL(serverUrl);
  url.host = `127.0.0.1:${port}`;
  const each = (deed: (socket: Socket) => void): void => [...pairs].flat().forEach(deed);
  return {
    url: url.href,
    stall: () => {
      state = 'stalled';
      each((socket) => socket.pause());
    },
    cut: () => {
      state = 'cut';
      each((socket) => socket.destroy());
    },
    mend: () => {
      state = 'whole';
      each((socket) => socket.resume());
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        each((socket) => socket.destroy());
      }),
  };
}

function join(
  client: Socket,
  port: number,
  onClosed: (pair: readonly [Socket, Socket]) => void,
): readonly [Socket, Socket] {
  const upstream = connect(port, '127.0.0.1');
  const pair = [client, upstream] as const;
  const closed = (): void => {
    client.destroy();
    upstream.destroy();
    onClosed(pair);
  };
  for (const socket of pair) socket.setNoDelay(true).on('error', closed).on('close', closed);
  // No back-pressure: what lies here while the other side is slow is little, and `pipe` would undo a pause.
  client.on('data', (chunk) => upstream.write(chunk));
  upstream.on('data', (chunk) => client.write(chunk));
  return pair;
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server
      .once('error', reject)
      .listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
}
