import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomOf } from '../random.js';
import { answerRequest, plantedSecret } from './answer-request.js';
import { Source } from './source.js';
import { shapeOf } from './version.js';

/** All sources, on several addresses of loopback, since limits and rests are for each host. */
export interface Sources {
  /** A new source, which answers at once. */
  add(): Promise<Source>;
  /** By the number that its address carries. */
  get(number: number): Source | undefined;
  urlOf(source: Source): string;
  /** Ends all change. */
  freeze(): Promise<void>;
  requests(): number;
  stop(): Promise<void>;
}

const hosts = Array.from({ length: 8 }, (_, at) => `127.0.1.${at + 1}`);
const pathForm = /^\/s(\d+)\//;

/** The number of the source that an address leads to; 0 when it leads to none. */
export function sourceNumberOf(url: string): number {
  return Number(pathForm.exec(new URL(url).pathname)?.[1] ?? 0);
}

/** Starts the servers; there is no source yet. */
export async function serveSources(seed: number): Promise<Sources> {
  const sources = new Map<number, Source>();
  let requests = 0;
  const listener: Parameters<typeof createServer>[1] = (request, response) => {
    requests += 1;
    const source = sources.get(Number(pathForm.exec(request.url ?? '')?.[1]));
    response.on('error', () => response.destroy());
    if (source === undefined) response.writeHead(404).end();
    else answerRequest(source, request, response);
  };
  const servers = await Promise.all(hosts.map((host) => listen(createServer(listener), host)));
  return {
    add: async () => {
      const number = sources.size + 1;
      const source = new Source(shapeOf(number), randomOf(seed, number));
      sources.set(number, source);
      await source.begin();
      return source;
    },
    get: (number) => sources.get(number),
    urlOf: ({ shape: { number, format, secret } }) => {
      const { port } = servers[number % hosts.length]!.address() as AddressInfo;
      const query = secret === 'query' ? `?token=${plantedSecret}` : '';
      return `http://${hosts[number % hosts.length]}:${port}/s${number}/points.${format}${query}`;
    },
    freeze: async () => void (await Promise.all([...sources.values()].map((source) => source.freeze()))),
    requests: () => requests,
    stop: async () => void (await Promise.all(servers.map(close))),
  };
}

function listen(server: Server, host: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(0, host, () => resolve(server));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
