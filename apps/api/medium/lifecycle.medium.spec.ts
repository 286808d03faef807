import { describe, expect, it } from '@jest/globals';
import { createLogger } from '@tidetable/service-host';
import { createMetadataDatabase } from '@tidetable/test-harness';
import { connect } from 'node:net';
import { once } from 'node:events';
import { parseApiEnvironment } from '../src/api.env.js';
import { start } from '../src/start.js';
import { startApi } from './api-under-test.js';

describe('the api', () => {
  it('does not start on a port that is taken, and leaves no connection behind', async () => {
    const api = await startApi();
    const database = await createMetadataDatabase();
    const environment = parseApiEnvironment({
      METADATA_DATABASE_URL: database.url,
      API_HOST: '127.0.0.1',
      API_PORT: String(api.port),
      HEALTH_PORT: '0',
    });
    await expect(start(environment, createLogger('api', 'fatal'))).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
    await database.drop();
    await api.stop();
  });

  it('stops although a client keeps its connection open', async () => {
    const api = await startApi();
    const idle = connect(api.port, '127.0.0.1');
    await once(idle, 'connect');
    idle.write('GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n');
    const [answer] = (await once(idle.setEncoding('utf8'), 'data')) as [string];
    const closed = once(idle, 'close');
    await api.stop();
    await closed;
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    await expect(api.call('GET', '/livez')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});
