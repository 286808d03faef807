import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type HealthServer, startHealthServer } from '@tidetable/service-host';
import { createMetricsRegistry } from '@tidetable/telemetry';

describe('the health server', () => {
  let server: HealthServer;
  let databaseIsThere = true;
  const get = async (path: string): Promise<{ status: number; body: unknown }> => {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`);
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : (JSON.parse(text) as unknown) };
  };

  beforeEach(async () => {
    databaseIsThere = true;
    server = await startHealthServer(0, { database: async () => databaseIsThere }, createMetricsRegistry());
  });
  afterEach(() => server.close());

  it('says that the process is alive, whatever it lacks', async () => {
    databaseIsThere = false;
    expect(await get('/livez')).toEqual({ status: 200, body: { live: true } });
  });

  it('says whether the service is ready, and what is missing', async () => {
    expect(await get('/readyz?verbose')).toEqual({
      status: 200,
      body: { ready: true, checks: { database: 'ok' } },
    });
    databaseIsThere = false;
    expect(await get('/readyz')).toEqual({
      status: 503,
      body: { ready: false, checks: { database: 'failing' } },
    });
  });

  it('tells what it has counted, in the text format of Prometheus', async () => {
    const response = await fetch(`http://127.0.0.1:${server.port}/metrics`);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(await response.text()).toMatch(/^process_resident_memory_bytes \d+$/m);
  });

  it('knows nothing else', async () => {
    expect(await get('/')).toEqual({ status: 404, body: null });
  });

  it('refuses to start on a port that is taken', async () => {
    await expect(startHealthServer(server.port, {}, createMetricsRegistry())).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
  });
});
