import { once } from 'node:events';
import type { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

/** A COPY under way. */
export interface CopyStream {
  /** Sends finished bytes; resolves when more may be sent. @throws what PostgreSQL says of the copy */
  write(pieces: readonly Buffer[]): Promise<void>;
  /** Ends the copy; resolves once PostgreSQL has taken every row. @throws what PostgreSQL says of the copy */
  finish(): Promise<void>;
  /** Gives the copy up, which makes PostgreSQL forget its rows. Never throws. */
  abort(): Promise<void>;
}

/** Begins a COPY … FROM STDIN. The connection is the copy's until it ends. */
export function startCopy(client: Client, sql: string): CopyStream {
  const stream = client.query(copyFrom(sql));
  let failure: Error | undefined;
  const ended = new Promise<void>((resolve) => {
    stream.on('error', (error: Error) => {
      failure = error;
      resolve();
    });
    stream.once('finish', resolve);
  });
  const throwFailure = (): void => {
    if (failure !== undefined) throw failure;
  };
  return {
    write: async (pieces) => {
      for (const piece of pieces) {
        throwFailure();
        // An error while waiting for room ends the wait as well.
        if (!stream.write(piece)) await Promise.race([once(stream, 'drain').catch(() => undefined), ended]);
      }
      throwFailure();
    },
    finish: async () => {
      throwFailure();
      stream.end();
      await ended;
      throwFailure();
    },
    abort: async () => {
      // It is over already, and there is no connection any more to say so on.
      if (failure !== undefined) return;
      stream.destroy(new Error('the copy is given up'));
      await ended;
    },
  };
}
