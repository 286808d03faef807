import { type Facts, type SynchronizationFacts } from './facts.js';

/** Everything that is not as it must be after any faults, in sentences; empty when all is well. */
export function judgeFacts(facts: Facts): string[] {
  return [
    ...facts.watched,
    ...facts.synchronizations.flatMap((each) =>
      judgeSynchronization(each).map((what) => `${each.label}: ${what}`),
    ),
    ...(facts.openRuns > 0 ? [`${facts.openRuns} runs are still open`] : []),
    ...(facts.outboxMessages > 0 ? [`${facts.outboxMessages} events were never published`] : []),
    ...(facts.pendingMessages > 0 ? [`${facts.pendingMessages} events were never handled`] : []),
    ...facts.stagedFiles.map((name) => `the staged file ${name} was left over`),
    ...facts.stagingTables.map((name) => `the staging table ${name} was left over`),
    ...facts.secretsIn.map((place) => `a secret is readable in ${place}`),
    ...(facts.unanswered > 0 ? [`the api left ${facts.unanswered} requests unanswered at the end`] : []),
  ];
}

function judgeSynchronization(each: SynchronizationFacts): string[] {
  const broken = [...judgeRuns(each), ...judgeTable(each)];
  if (each.isDeleted) return broken;
  return [...(each.wasDeleted ? ['it was deleted and is there again'] : []), ...judgeState(each), ...broken];
}

/** What `state` says of a synchronization is so. This alone is also what settling waits for. */
export function judgeState(
  each: Pick<SynchronizationFacts, 'state' | 'failureCode' | 'source' | 'lastRun'>,
): string[] {
  const { state, failureCode, source, lastRun } = each;
  if (state !== 'success' && state !== 'failure') return [`it is stuck in ${state}`];
  const expected = source.failureCode === null ? 'success' : `failure (${source.failureCode})`;
  const found = state === 'success' ? 'success' : `failure (${failureCode})`;
  if (found !== expected) return [`it says ${found} where ${expected} is true`];
  const lastEnd = lastRun?.outcome === 'failed' ? `failure (${lastRun.failureCode})` : 'success';
  return lastEnd === found ? [] : [`it says ${found} although its last run ended as ${lastEnd}`];
}

function judgeRuns({ runs, runsCount }: SynchronizationFacts): string[] {
  const broken: string[] = [];
  if (runs.open > 0) broken.push(`${runs.open} of its runs are open`);
  if (runs.count !== runs.highest || runs.highest !== runsCount) {
    broken.push(`it counts ${runsCount} runs, has ${runs.count}, and the last is number ${runs.highest}`);
  }
  return broken;
}

function judgeTable({
  table,
  hasImported,
  seenVersion,
  source,
  state,
  isDeleted,
}: SynchronizationFacts): string[] {
  if (table === null) return hasImported || seenVersion > 0 ? ['its table is gone'] : [];
  if (!table.isExact) return [`its table is not version ${table.version} of its source, row for row`];
  if (table.version < seenVersion) {
    return [`its table went back from version ${seenVersion} to ${table.version}`];
  }
  const mustBeCurrent = !isDeleted && state === 'success';
  return mustBeCurrent && table.version !== source.version
    ? [`its table is version ${table.version}, its source version ${source.version}`]
    : [];
}
