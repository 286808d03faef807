import { ServerNats } from '@nestjs/microservices';
import { cancelRunV1Pattern, type CancelRunV1Reply, cancelRunV1RequestSchema } from '@tidetable/contracts';

/** What a scheduler says of runs that are to be cancelled, as a test decides. */
export interface ScriptedScheduler {
  result: CancelRunV1Reply['result'];
  /** Every question since it was forgotten last. */
  asked: unknown[];
  stop(): Promise<void>;
}

/** Answers the api's questions in place of a scheduler. */
export async function startScriptedScheduler(natsUrl: string): Promise<ScriptedScheduler> {
  const server = new ServerNats({ servers: [natsUrl] });
  const scheduler: ScriptedScheduler = {
    result: 'cancelled',
    asked: [],
    stop: async () => void (await server.close()),
  };
  server.addHandler(cancelRunV1Pattern, async (sent: unknown) => {
    scheduler.asked.push(cancelRunV1RequestSchema.parse(sent));
    return { result: scheduler.result };
  });
  await new Promise<void>((resolve) => void server.listen(() => resolve()));
  return scheduler;
}
