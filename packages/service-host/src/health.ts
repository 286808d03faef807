import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { MetricsRegistry } from '@tidetable/telemetry';

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
 * Serves what operators ask of a service, on a port that customers do not reach: `/livez` (200 while the process turns
 * its event loop), `/readyz` (200 when every check passes, else 503 with the names of the failing ones), and `/metrics`
 * in the text format of Prometheus.
 */
export async function startHealthServer(
  port: number,
  checks: Record<string, ReadinessCheck>,
  metrics: MetricsRegistry,
): Promise<HealthServer> {
  const server: Server = createServer((request, response) => {
    const answer = answers[request.url?.split('?')[0] ?? ''];
    if (answer === undefined) response.writeHead(404).end();
    else answer(response, checks, metrics).catch(() => response.writeHead(500).end());
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

type Answer = (
  response: ServerResponse,
  checks: Record<string, ReadinessCheck>,
  metrics: MetricsRegistry,
) => Promise<void>;

const json = { 'content-type': 'application/json' };

const answers: Record<string, Answer> = {
  '/livez': async (response) => {
    response.writeHead(200, json).end('{"live":true}');
  },
  '/readyz': async (response, checks) => {
    const readiness = await readReadiness(checks);
    response.writeHead(readiness.ready ? 200 : 503, json).end(JSON.stringify(readiness));
  },
  '/metrics': async (response, _, metrics) => {
    const text = await metrics.metrics();
    response.writeHead(200, { 'content-type': metrics.contentType }).end(text);
  },
};
