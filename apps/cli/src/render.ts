import type { ProblemError, Schemas } from '@tidetable/client';

/** Text that cannot move the cursor or change colours, whatever the server sends. */
export function plain(text: string): string {
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, '?');
}

/** Aligned columns below a heading. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [heading, ...rows.map((row) => row.map(plain))];
  const widths = heading.map((_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)));
  return (
    lines
      .map((line) =>
        line
          .map((text, at) => text.padEnd(widths[at] ?? 0))
          .join('  ')
          .trimEnd(),
      )
      .join('\n') + '\n'
  );
}

/** A time as it is and as it is from now. */
export function when(time: string | null, nowMs: number): string {
  if (time === null) return '-';
  const seconds = Math.round((Date.parse(time) - nowMs) / 1_000);
  const size = Math.abs(seconds);
  const [amount, unit] =
    size < 120
      ? [size, 's']
      : size < 7_200
        ? [Math.round(size / 60), 'min']
        : size < 172_800
          ? [Math.round(size / 3_600), 'h']
          : [Math.round(size / 86_400), 'd'];
  return `${time.slice(0, 16).replace('T', ' ')}Z (${seconds > 0 ? `in ${amount} ${unit}` : `${amount} ${unit} ago`})`;
}

/** Why a run failed and what to do. */
export function failureText({ code, sentence, detail, remedy }: Schemas['Failure']): string {
  return `${plain(code)}: ${plain(sentence)}${detail === null ? '' : ` ${plain(detail)}`}\n  ${plain(remedy)}\n`;
}

/** Why a request was refused and what to do. */
export function problemText({ problem, code, requestId, retryAfterMs }: ProblemError): string {
  const parts = (problem.errors ?? []).map((part) => `  ${plain(part.name)}: ${plain(part.detail)}`);
  const wait = retryAfterMs === null ? [] : [`  Try again in ${Math.ceil(retryAfterMs / 1_000)} s.`];
  return [
    `${plain(code)}: ${plain(problem.detail)}`,
    ...parts,
    `  ${plain(problem.remedy)}`,
    ...wait,
    ...(requestId ? [`  Request ${plain(requestId)}`] : []),
    '',
  ].join('\n');
}

/** A synchronization in full. */
export function synchronizationText(one: Schemas['Synchronization'], nowMs: number): string {
  const source = one.source.type === 'url' ? one.source.url : `${one.source.service} ${one.source.item_id}`;
  const fields: [string, string][] = [
    ['id', one.id],
    ['table', tableOf(one)],
    ['source', source],
    ['state', one.stopped ? `${one.state}, stopped` : one.state],
    ['in step', when(one.in_step_at, nowMs)],
    ['next run', when(one.next_run_at, nowMs)],
  ];
  const lines = fields.map(([name, value]) => `${name.padEnd(10)}${plain(value)}\n`).join('');
  return one.last_failure === null ? lines : `${lines}${failureText(one.last_failure)}`;
}

/** The name of the table, or the one that was asked for. */
export function tableOf({
  table: { schema, name, requested_name: requested },
}: Schemas['Synchronization']): string {
  return `${schema}.${name ?? requested ?? '?'}`;
}

/** How far a run is, as a bar with the last sentence of its log. */
export function progressBar(
  run: Pick<Schemas['RunSummary'], 'state' | 'timings'> | null,
  sentence: string,
  columns: number,
): string {
  const done =
    run === null || run.state === 'queued'
      ? 1
      : run.state === 'ended'
        ? 4
        : run.timings.fetch_ms === null
          ? 2
          : 3;
  const word = ['queued', 'fetching', 'importing', 'ended'][done - 1] ?? '';
  const bar = `[${'#'.repeat(done * 5)}${'-'.repeat(20 - done * 5)}] ${word} ${plain(sentence)}`;
  return bar.slice(0, Math.max(0, columns - 1));
}
