import { ServerNats } from '@nestjs/microservices';
import {
  isRunOpenV1Pattern,
  type IsRunOpenV1Request,
  whichActiveV1Pattern,
  type WhichActiveV1Request,
} from '@tidetable/contracts';

/** Stands where the schedulers stand: says which runs are open. */
export interface ScriptedScheduler {
  /** Opens a run. */
  open(runId: string): void;
  /** Closes a run: from now on it may change nothing. */
  close(runId: string): void;
  /** Disables an account; all others are active. */
  disable(accountId: string): void;
  /** Called with every run that is asked about, before the answer. */
  onQuestion: (runId: string) => void;
  stop(): Promise<void>;
}

/** Starts answering on the given bus. */
export async function startScriptedScheduler(natsUrl: string): Promise<ScriptedScheduler> {
  const open = new Set<string>();
  const disabled = new Set<string>();
  const scheduler: ScriptedScheduler = {
    open: (runId) => void open.add(runId),
    close: (runId) => void open.delete(runId),
    disable: (accountId) => void disabled.add(accountId),
    onQuestion: () => undefined,
    stop: () => server.close(),
  };
  const server = new ServerNats({ servers: [natsUrl] });
  server.addHandler(isRunOpenV1Pattern, async ({ runId }: IsRunOpenV1Request) => {
    scheduler.onQuestion(runId);
    return { open: open.has(runId) };
  });
  server.addHandler(whichActiveV1Pattern, async ({ accountIds }: WhichActiveV1Request) => ({
    accountIds: accountIds.filter((id) => !disabled.has(id)),
  }));
  await new Promise<void>((resolve, reject) => {
    void server.listen((error?: unknown) =>
      error === undefined ? resolve() : reject(new Error('the bus is not there', { cause: error })),
    );
  });
  return scheduler;
}
