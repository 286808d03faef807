import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Answers whether one thing a service needs is usable now; throws or returns false when it is not. */
export type ReadinessCheck = () => Promise<boolean>;

/** What a service says about itself. */
export interface Readiness {
  ready: boolean;
  checks: Record<string, 'ok' | 'failing'>;
}

/** How long one check may take before it counts as failing. */
const checkTimeoutMs = 2_000;

/** Asks every check at the same time. A check that throws or hangs counts as failing; nothing is thrown. */
export async function readReadiness(checks: Record<string, ReadinessCheck>): Promise<Readiness> {
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      let timer: NodeJS.Timeout | undefined;
      const timeout = new Promise<boolean>((resolve) => {
        timer = setTimeout(() => resolve(false), checkTimeoutMs);
      });
      const answer = Promise.resolve()
        .then(check)
        .catch(() => false);
      const ok = await Promise.race([answer, timeout]);
      clearTimeout(timer);
      return [name, ok ? 'ok' : 'failing'] as const;
    }),
  );
  return { ready: results.every(([, state]) => state === 'ok'), checks: Object.fromEntries(results) };
}

/** A health endpoint that is listening. */
export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Serves `/livez` (200 while the process turns its event loop) and `/readyz` (200 when every check passes, else
 * 503 with the names of the failing ones) for services that have no HTTP surface of their own.
 */
export async function startHealthServer(
  port: number,
  checks: Record<string, ReadinessCheck>,
): Promise<HealthServer> {
  const server: Server = createServer((request, response) => {
    const path = request.url?.split('?')[0];
    if (path === '/livez') {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"live":true}');
      return;
    }
    if (path !== '/readyz') {
      response.writeHead(404).end();
      return;
    }
    void readReadiness(checks).then((readiness) => {
      response
        .writeHead(readiness.ready ? 200 : 503, { 'content-type': 'application/json' })
        .end(JSON.stringify(readiness));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
