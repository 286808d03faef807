import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { startNats } from '@tidetable/test-harness';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What keeps staged files, seen from below: for tests that look at what a store really leaves there. */
export interface Medium {
  url: string;
  natsUrl: string;
  /** The names of everything that is stored, parts of files and files in the making included. */
  traces(): Promise<string[]>;
  close(): Promise<void>;
}

async function openDirectory(): Promise<Medium> {
  const parent = await mkdtemp(join(tmpdir(), 'tidetable-staged-'));
  const directory = join(parent, 'made on opening');
  return {
    url: pathToFileURL(directory).href,
    natsUrl: 'nats://127.0.0.1:1',
    traces: () => readdir(directory),
    close: () => rm(parent, { recursive: true }),
  };
}

async function openNats(): Promise<Medium> {
  const server = await startNats();
  const connection = await connect({ servers: server.url.slice('nats://'.length) });
  const manager = await jetstreamManager(connection);
  return {
    url: 'nats-object-store:',
    natsUrl: server.url,
    traces: async () => {
      const { state } = await manager.streams.info('OBJ_STAGED_FILES', { subjects_filter: '>' });
      return Object.keys(state.subjects ?? {});
    },
    close: async () => {
      await connection.close();
      await server.stop();
    },
  };
}

/** Every implementation of the port. */
export const mediums = [
  { name: 'a directory', open: openDirectory },
  { name: 'the object store of NATS', open: openNats },
];
