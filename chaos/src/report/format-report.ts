import { type ChaosReport } from './make-report.js';

const seconds = (ms: number | null): string => (ms === null ? 'never' : `${(ms / 1000).toFixed(1)} s`);

/** The report as Markdown, for people and for docs/reliability.md. */
export function formatReport(report: ChaosReport): string {
  const { settling, apiRequests } = report;
  return [
    `Seed ${report.seed}, ${report.minutes} minutes, ${report.live} synchronizations at the end, ${report.deleted} deleted.`,
    '',
    `- ${report.faults} faults, ${report.refreshesPerSecond} refreshes a second that ended well`,
    `- runs: ${Object.entries(report.runs)
      .map(([end, runs]) => `${runs} ${end}`)
      .join(', ')}`,
    `- every state true ${seconds(settling.statesTrueAfterMs)} after the last fault; nothing left over ${seconds(settling.nothingLeftAfterMs)} after the last refresh`,
    `- ${report.sights} looks at tables and views meanwhile; api requests: ${apiRequests.answered} answered, ${apiRequests.failed} not`,
    `- services that ended without being killed: ${report.ownEnds}; unfinished files of killed fetchers: ${report.partialFiles}; events that were given out and stay in the stream: ${report.deadMessages}`,
    '',
    '| fault | times | until a new run ended well | longest run meanwhile |',
    '| --- | --- | --- | --- |',
    ...report.recoveries.map(
      (each) =>
        `| ${each.fault} | ${each.times} | ${seconds(each.untilGoodRunMs)} | ${seconds(each.longestRunMs)} |`,
    ),
    '',
    ...(report.violations.length === 0
      ? ['No violation.']
      : ['Violations:', '', ...report.violations.map((violation) => `- ${violation}`)]),
    '',
  ].join('\n');
}
