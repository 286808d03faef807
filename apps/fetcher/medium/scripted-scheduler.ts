import { randomUUID } from 'node:crypto';
import { ServerNats } from '@nestjs/microservices';
import {
  type AccountLimits,
  describeRunV1Pattern,
  type DescribeRunV1Request,
  isRunOpenV1Pattern,
  type IsRunOpenV1Request,
  type RunDescription,
  type SourceVersion,
} from '@tidetable/contracts';

/** Stands where the schedulers stand: answers questions about the runs that a test has opened. */
export interface ScriptedScheduler {
  /** Opens a run for this URL; with `previous` its source may be found unchanged; `limits` are the account's own. */
  open(url: string, previous?: SourceVersion | null, limits?: AccountLimits): RunDescription;
  /** Opens a run for a source of any kind. */
  openSource(
    source: RunDescription['source'],
    previous?: SourceVersion | null,
    limits?: AccountLimits,
  ): RunDescription;
  /** Closes a run: from now on it may change nothing. */
  close(run: { runId: string }): void;
  /** How often a run was asked about. */
  timesAsked(run: { runId: string }): number;
  stop(): Promise<void>;
}

/** Starts answering on the given bus. */
export async function startScriptedScheduler(natsUrl: string): Promise<ScriptedScheduler> {
  const runs = new Map<string, RunDescription>();
  const asked = new Map<string, number>();
  const server = new ServerNats({ servers: [natsUrl] });
  server.addHandler(describeRunV1Pattern, async ({ runId }: DescribeRunV1Request) => {
    asked.set(runId, (asked.get(runId) ?? 0) + 1);
    return runs.get(runId) ?? { open: false };
  });
  server.addHandler(isRunOpenV1Pattern, async ({ runId }: IsRunOpenV1Request) => ({ open: runs.has(runId) }));
  await new Promise<void>((resolve, reject) => {
    void server.listen((error?: unknown) =>
      error === undefined ? resolve() : reject(new Error('the bus is not there', { cause: error })),
    );
  });
  const openSource: ScriptedScheduler['openSource'] = (source, previous = null, limits = {}) => {
    const run = describeNewRun(source, previous, limits);
    runs.set(run.runId, run);
    return run;
  };
  return {
    openSource,
    open: (url, previous = null, limits = {}) => openSource({ kind: 'url', url }, previous, limits),
    close: ({ runId }) => void runs.delete(runId),
    timesAsked: ({ runId }) => asked.get(runId) ?? 0,
    stop: () => server.close(),
  };
}

function describeNewRun(
  source: RunDescription['source'],
  previous: SourceVersion | null,
  limits: AccountLimits,
): RunDescription {
  return {
    open: true,
    runId: randomUUID(),
    synchronizationId: randomUUID(),
    runNumber: 7,
    source,
    previous,
    destination: { schema: 'demo', tableName: null },
    options: { typeGuessing: true, quotedFieldsGuessing: true, contentGuessing: false, limits },
  };
}
