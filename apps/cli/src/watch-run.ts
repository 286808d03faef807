import { setTimeout as wait } from 'node:timers/promises';
import type { Client, Schemas } from '@tidetable/client';
import { failureText, plain, progressBar } from './render.js';
import type { Terminal } from './terminal.js';

const pollMs = 500;

/** The number of the latest run; 0 before the first. */
export async function latestRun(
  client: Client,
  id: string,
  signal: AbortSignal,
): Promise<Schemas['RunSummary'] | null> {
  const { items } = await client.call('listRuns', { path: { id }, query: { limit: 1 }, signal });
  return items[0] ?? null;
}

/** Shows how the first run after `afterNumber` gets on, until it has ended. Resolves with the exit code. */
export async function watchRun(
  client: Client,
  id: string,
  afterNumber: number,
  terminal: Terminal,
): Promise<number> {
  let sentence = '';
  let shown = '';
  let after = '0';
  while (true) {
    const latest = await latestRun(client, id, terminal.signal);
    const run = latest !== null && latest.number > afterNumber ? latest : null;
    if (run !== null) {
      const path = { id, run_id: run.id };
      for await (const line of client.each('listLogOfRun', {
        path,
        query: { after },
        signal: terminal.signal,
      })) {
        after = line.id;
        sentence = line.message;
        if (!terminal.isTty && !terminal.json) terminal.err(`${plain(line.message)}\n`);
      }
    }
    const bar = progressBar(run, sentence, terminal.columns);
    if (terminal.isTty && !terminal.json && bar !== shown) terminal.err(`\r\u001b[K${(shown = bar)}`);
    if (run?.state === 'ended') return tellEnd(run, terminal);
    await wait(pollMs, undefined, { signal: terminal.signal });
  }
}

function tellEnd(run: Schemas['RunSummary'], terminal: Terminal): number {
  const isGood = run.outcome === 'imported' || run.outcome === 'unchanged';
  if (terminal.json) terminal.out(`${JSON.stringify(run)}\n`);
  else {
    if (terminal.isTty) terminal.err('\n');
    terminal.out(`run ${run.number} ${run.outcome ?? ''}${run.rows === null ? '' : `, ${run.rows} rows`}\n`);
    if (run.failure !== null) terminal.err(failureText(run.failure));
  }
  return isGood ? 0 : 1;
}
