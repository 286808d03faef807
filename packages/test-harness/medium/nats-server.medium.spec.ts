import { describe, expect, it } from '@jest/globals';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { startNats, waitFor } from '@tidetable/test-harness';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const connectTo = (url: string): Promise<NatsConnection> =>
  connect({ servers: url.slice('nats://'.length), reconnect: false, timeout: 1_000 });

async function messagesCount(url: string): Promise<number> {
  const connection = await connectTo(url);
  try {
    return (await (await jetstreamManager(connection)).streams.info('KEPT')).state.messages;
  } finally {
    await connection.close();
  }
}

/** A process that starts a server and then waits to be killed. */
const starter = `
  import { startNats } from '@tidetable/test-harness';
  const server = await startNats();
  console.log(server.url);
  await new Promise((resolve) => setTimeout(resolve, 600_000));
`;

describe('a NATS server of a test', () => {
  it('keeps what was stored over a kill and a restart, at the same address, unless it shall be emptied', async () => {
    const server = await startNats();
    const connection = await connectTo(server.url);
    await (await jetstreamManager(connection)).streams.add({ name: 'KEPT', subjects: ['kept'] });
    await jetstream(connection).publish('kept', 'x');
    await connection.close();

    await server.kill();
    await expect(connectTo(server.url)).rejects.toThrow();
    await server.restart();
    expect(await messagesCount(server.url)).toBe(1);
    await server.restart({ emptied: true });
    await expect(messagesCount(server.url)).rejects.toThrow('stream not found');
    await server.stop();
    await server.stop();
  });

  it('ends when the process that started it is killed', async () => {
    const process_ = spawn(process.execPath, ['--input-type=module', '--eval', starter], {
      cwd: import.meta.dirname,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [url] = (await once(createInterface(process_.stdout), 'line')) as [string];
    await (await connectTo(url)).close();
    process_.kill('SIGKILL');
    await waitFor(
      () =>
        connectTo(url).then(
          (connection) => connection.close().then(() => false),
          () => true,
        ),
      { until: 'the server is gone' },
    );
    await expect(connectTo(url)).rejects.toThrow();
  });
});
