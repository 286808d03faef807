import { cpSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { causeFaults } from './faults/cause-faults.js';
import { describeFault } from './faults/fault.js';
import { planFaults } from './faults/plan-faults.js';
import { useApi } from './load/use-api.js';
import { type ChaosOptions } from './options.js';
import { type ChaosReport, makeReport } from './report/make-report.js';
import { serveSources } from './sources/serve-sources.js';
import { startSystem } from './system/start-system.js';
import { collectFacts } from './verify/collect-facts.js';
import { judgeFacts } from './verify/judge-facts.js';
import { settle } from './verify/settle.js';
import { watchTables } from './watch/watch-tables.js';

/** Where a run of chaos has its files. */
export interface ChaosPlace {
  /** Empty at the beginning; whoever made it removes it. */
  readonly folder: string;
  /** The logs are copied to here when something was found wrong. */
  readonly logsFolder: string;
  /** Where programs are looked for. */
  readonly path: string | undefined;
}

/**
 * Brings everything up, uses it and breaks it for so long, lets it calm down, and finds out whether all is as it must be.
 * `say` is told each step and each fault. Ends in bounded time.
 */
export async function chaosRun(
  options: ChaosOptions,
  place: ChaosPlace,
  say: (sentence: string) => void,
): Promise<ChaosReport> {
  const durationMs = options.minutes * 60_000;
  say('Starting two of each service, PostgreSQL and NATS.');
  const system = await startSystem(place.folder, place.path);
  const sources = await serveSources(options.seed);
  const watch = watchTables(system, options.seed);
  say(`Making ${options.synchronizations} synchronizations.`);
  const load = await useApi(system, sources, options);

  const beganAt = new Date();
  const faults = planFaults(options.seed, durationMs);
  say(`${faults.length} faults in ${options.minutes} minutes.`);
  const [caused] = await Promise.all([
    causeFaults(system, faults, (fault) =>
      say(`${Math.round(fault.atMs / 1000)} s  ${describeFault(fault)}`),
    ),
    pause(durationMs),
  ]);

  say('No more faults and no more changes; settling.');
  await load.end();
  await sources.freeze();
  const endedAt = new Date();
  const settling = await settle(system, sources, load, endedAt);
  await watch.end();

  say('Verifying.');
  const facts = await collectFacts(system, sources, load, watch);
  const violations = judgeFacts(facts);
  const report = await makeReport(options, system, {
    violations,
    deadMessages: facts.deadMessages,
    faults: caused,
    load,
    watch,
    settling,
    beganAt,
    endedAt,
  });
  await system.stopServices();
  if (!report.passed) cpSync(system.logsFolder, place.logsFolder, { recursive: true });
  await sources.stop();
  await system.stop();
  return report;
}
