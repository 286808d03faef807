import { ServerNats } from '@nestjs/microservices';
import { isTableThereV1Pattern, type IsTableThereV1Request } from '@tidetable/contracts';

type Reference = Pick<IsTableThereV1Request, 'synchronizationId'>;

/** Stands where the importers stand: every table is there until a test drops it. */
export interface ScriptedImporter {
  /** From now on the table of this synchronization is gone. */
  drop(run: Reference): void;
  /** From now on questions about this synchronization meet an error, as when the database is away. */
  fall(run: Reference): void;
  /** How often a table was asked about. */
  timesAsked(run: Reference): number;
  stop(): Promise<void>;
}

/** Starts answering on the given bus. */
export async function startScriptedImporter(natsUrl: string): Promise<ScriptedImporter> {
  const dropped = new Set<string>();
  const fallen = new Set<string>();
  const asked = new Map<string, number>();
  const server = new ServerNats({ servers: [natsUrl] });
  server.addHandler(isTableThereV1Pattern, async ({ synchronizationId }: IsTableThereV1Request) => {
    asked.set(synchronizationId, (asked.get(synchronizationId) ?? 0) + 1);
    if (fallen.has(synchronizationId)) throw new Error('the database is away');
    return { there: !dropped.has(synchronizationId) };
  });
  await new Promise<void>((resolve, reject) => {
    void server.listen((error?: unknown) =>
      error === undefined ? resolve() : reject(new Error('the bus is not there', { cause: error })),
    );
  });
  return {
    drop: ({ synchronizationId }) => void dropped.add(synchronizationId),
    fall: ({ synchronizationId }) => void fallen.add(synchronizationId),
    timesAsked: ({ synchronizationId }) => asked.get(synchronizationId) ?? 0,
    stop: () => server.close(),
  };
}
