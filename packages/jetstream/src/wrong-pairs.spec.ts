import { describe, expect, it } from '@jest/globals';
import type { RunRequestedV1, RunStartedV1 } from '@tidetable/contracts';
import type { Bus, ConsumeOptions } from './index.js';
import { consumeEvents, publishEvent } from './index.js';

/** Never run: the compiler reads it, and complains about every line here that it should have refused and did not. */
export async function doesNotCompile(
  bus: Bus,
  started: RunStartedV1,
  requested: RunRequestedV1,
): Promise<void> {
  // @ts-expect-error -- an event of another subject
  await publishEvent(bus, 'sync.run.requested.v1', started);
  // @ts-expect-error -- an event with a field missing
  await publishEvent(bus, 'sync.run.started.v1', { runId: started.runId });
  // @ts-expect-error -- a subject that does not exist
  await publishEvent(bus, 'sync.run.requested.v2', requested);
  const options = {} as ConsumeOptions<RunStartedV1>;
  // @ts-expect-error -- a handler for another subject's event
  await consumeEvents(bus, 'sync.run.staged.v1', options);
}

describe('the types of the bus', () => {
  it('refuse an event under the subject of another (checked when this file is compiled)', () => {
    expect(doesNotCompile).toBeInstanceOf(Function);
  });
});
