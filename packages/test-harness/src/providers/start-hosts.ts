import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ResponseScript } from '../origin/response-script.js';
import { sendResponse } from '../origin/send-response.js';
import { type ProviderRequest, Refusal } from './provider-request.js';

/**
 * What a provider answers, by host, method and path, e.g. `api GET /files/*`. A star stands for one segment, which is
 * handed over decoded. The first that fits is taken.
 */
export type Routes = Readonly<
  Record<string, (request: ProviderRequest, ...segments: string[]) => ResponseScript>
>;

/**
 * What happens to one request instead of what the provider would do. A function may let the provider do it after all,
 * by calling `honest`, and change how it is told.
 */
export type ProviderStep =
  | ResponseScript
  | ((request: ProviderRequest, honest: () => ResponseScript) => ResponseScript | Promise<ResponseScript>);

/** Whatever befalls a provider. */
export interface ProviderScript {
  /** The next requests of this route, spelt as the provider's table has it, meet these steps, each one once. */
  next(route: string, ...steps: ProviderStep[]): void;
  /** Forgets the steps that nobody has met yet. */
  clear(): void;
}

/** Several servers that make up one provider, each on a port of its own, so that each is an origin of its own. */
export interface Hosts<Name extends string> {
  /** The addresses, without a slash at the end. */
  readonly urls: Readonly<Record<Name, string>>;
  readonly script: ProviderScript;
  /** What was requested so far, in order: of everything, of a host, or of a route. */
  requests(of?: string): readonly ProviderRequest[];
  /** Drops every connection and frees the ports. Idempotent. */
  stop(): Promise<void>;
}

/** Starts the hosts of a provider; its routes are made when its addresses are known. */
export async function startHosts<Name extends string>(
  names: readonly Name[],
  routesOf: (urls: Readonly<Record<Name, string>>) => Routes,
): Promise<Hosts<Name>> {
  const requests: { route: string; request: ProviderRequest }[] = [];
  const steps = new Map<string, ProviderStep[]>();
  let routes: Routes = {};

  const answer = async (request: ProviderRequest): Promise<ResponseScript> => {
    const found = findRoute(routes, request);
    requests.push({ route: found?.route ?? '', request });
    if (found === null) return { status: 404, body: 'no such route' };
    const honest = (): ResponseScript => unlessRefused(() => found.handle());
    const step = steps.get(found.route)?.shift();
    return typeof step === 'function' ? step(request, honest) : (step ?? honest());
  };
  const servers = await Promise.all(names.map(async (name) => [name, await listen(name, answer)] as const));
  const urls = Object.fromEntries(
    servers.map(([name, server]) => [name, `http://127.0.0.1:${(server.address() as AddressInfo).port}`]),
  ) as Record<Name, string>;
  routes = routesOf(urls);

  return {
    urls,
    script: {
      next: (route, ...more) => {
        if (!Object.hasOwn(routes, route)) throw new Error(`the provider has no route ${route}`);
        steps.set(route, [...(steps.get(route) ?? []), ...more]);
      },
      clear: () => steps.clear(),
    },
    requests: (of) =>
      requests
        .filter(({ route, request }) => of === undefined || route === of || request.host === of)
        .map(({ request }) => request),
    stop: async () => {
      await Promise.all(servers.map(([, server]) => close(server)));
    },
  };
}

async function listen(
  host: string,
  answer: (request: ProviderRequest) => Promise<ResponseScript>,
): Promise<Server> {
  const handle = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    await sendResponse(response, await answer(await readRequest(host, message)), gone.signal);
  };
  const server = createServer((message, response) => {
    void handle(message, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  return server;
}

async function readRequest(host: string, message: IncomingMessage): Promise<ProviderRequest> {
  const { method = '', url: target = '', headers } = message;
  const pieces: Buffer[] = [];
  for await (const piece of message as AsyncIterable<Buffer>) pieces.push(piece);
  const { pathname: path, searchParams: query } = new URL(target, 'http://fake');
  return { host, method, target, path, query, headers, body: Buffer.concat(pieces) };
}

function findRoute(
  routes: Routes,
  request: ProviderRequest,
): { route: string; handle: () => ResponseScript } | null {
  for (const [route, handle] of Object.entries(routes)) {
    const [host, method, path = ''] = route.split(' ');
    if (host !== request.host || method !== request.method) continue;
    const form = path
      .split('/')
      .map((part) => (part === '*' ? '([^/]+)' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));
    const segments = new RegExp(`^${form.join('/')}$`).exec(request.path)?.slice(1);
    if (segments !== undefined) {
      return { route, handle: () => handle(request, ...segments.map((each) => decodeURIComponent(each))) };
    }
  }
  return null;
}

function unlessRefused(handle: () => ResponseScript): ResponseScript {
  try {
    return handle();
  } catch (error) {
    if (error instanceof Refusal) return error.answer;
    throw error;
  }
}

async function close(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
