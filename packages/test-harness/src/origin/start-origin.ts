import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { answerFileRequest, type ServedFile } from './serve-file.js';
import { sendResponse } from './send-response.js';
import type { RecordedRequest, ResponseScript } from './response-script.js';

/** A step of a script: what to answer, or how to find out from the request. */
export type ResponseStep = ResponseScript | ((request: RecordedRequest) => ResponseScript);

export interface OriginOptions {
  /** A loopback address to listen on. @default 127.0.0.1 */
  host?: string;
  /** @default a free one */
  port?: number;
  /** Serves https with this certificate, both in PEM. */
  tls?: { key: string; cert: string };
}

/** A real HTTP server on a free port of loopback that does exactly what it is told. */
export interface Origin {
  readonly port: number;
  /** The address of a path, e.g. `url('/ports.csv')`; a query may be part of it. */
  url(path: string): string;
  /** From now on requests for this path get these answers in turn; the last one stays. */
  respond(path: string, ...steps: [ResponseStep, ...ResponseStep[]]): void;
  /** From now on this path is a file, with 304 for those who have this version. Call again to change it. */
  serveFile(path: string, content: string | Uint8Array, file?: ServedFile): void;
  /** What was requested so far, in order; of one path, or of all. */
  requests(path?: string): readonly RecordedRequest[];
  /** How many TCP connections were ever accepted. */
  connectionCount(): number;
  /** How many of them are open now. */
  openConnectionCount(): Promise<number>;
  /** Drops every connection and frees the port. Idempotent. */
  stop(): Promise<void>;
}

/** Starts an origin. A path without a script is answered with 404. */
export async function startOrigin(options: OriginOptions = {}): Promise<Origin> {
  const { host = '127.0.0.1', port: wantedPort = 0, tls } = options;
  const scripts = new Map<string, ResponseStep[]>();
  const requests: { path: string; request: RecordedRequest }[] = [];
  let connectionCount = 0;

  const handle = (message: IncomingMessage, response: ServerResponse): void => {
    const request = { method: message.method ?? '', target: message.url ?? '', headers: message.headers };
    const path = pathOf(request.target);
    requests.push({ path, request });
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    void sendResponse(response, nextScript(scripts.get(path), request), gone.signal).catch(() =>
      response.destroy(),
    );
  };
  const server: Server = tls === undefined ? createServer(handle) : createTlsServer(tls, handle);
  server.on('connection', () => (connectionCount += 1));
  await new Promise<void>((resolve, reject) =>
    server.once('error', reject).listen(wantedPort, host, resolve),
  );
  const { port } = server.address() as AddressInfo;

  return {
    port,
    url: (path) => `${tls === undefined ? 'http' : 'https'}://${host}:${port}${path}`,
    respond: (path, ...steps) => void scripts.set(pathOf(path), steps),
    serveFile: (path, content, file = {}) =>
      void scripts.set(pathOf(path), [(request) => answerFileRequest(request, content, file)]),
    requests: (path) =>
      requests.filter((each) => path === undefined || each.path === pathOf(path)).map((each) => each.request),
    connectionCount: () => connectionCount,
    openConnectionCount: () =>
      new Promise((resolve, reject) => {
        server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
      }),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function pathOf(target: string): string {
  return target.split('?')[0] ?? target;
}

/** Takes the first step off the list unless it is the last. */
function nextScript(steps: ResponseStep[] | undefined, request: RecordedRequest): ResponseScript {
  const step = (steps !== undefined && steps.length > 1 ? steps.shift() : steps?.[0]) ?? { status: 404 };
  return typeof step === 'function' ? step(request) : step;
}
