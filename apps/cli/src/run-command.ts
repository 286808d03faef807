import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Client, Schemas } from '@tidetable/client';
import { type Command, UsageError } from './parse-command.js';
import { plain, synchronizationText, table, tableOf, when } from './render.js';
import type { Terminal } from './terminal.js';
import { latestRun, watchRun } from './watch-run.js';

type Handler = (client: Client, command: Command, terminal: Terminal) => Promise<number>;
const followMs = 1_000;

/** Does what a command says. Resolves with the exit code. */
export const runSync: Record<Exclude<Command['name'], 'login' | 'help'>, Handler> = {
  list: async (client, { values }, terminal) => {
    const query = { state: text(values['state']), name: text(values['name']) };
    const all: Schemas['Synchronization'][] = [];
    for await (const one of client.each('listSynchronizations', { query, signal: terminal.signal }))
      all.push(one);
    const now = Date.now();
    const rows = all.map((one) => [
      one.id,
      tableOf(one),
      one.stopped ? 'stopped' : one.state,
      when(one.in_step_at, now),
      when(one.next_run_at, now),
    ]);
    return tell(terminal, all, table(['ID', 'TABLE', 'STATE', 'IN STEP', 'NEXT RUN'], rows));
  },
  show: async (client, { target }, terminal) => {
    const one = await find(client, target, terminal.signal);
    return tell(terminal, one, synchronizationText(one, Date.now()));
  },
  create: async (client, { target, values }, terminal) => {
    const options = { member: text(values['member']), layer: text(values['layer']) };
    const body: Schemas['NewSynchronization'] = {
      source: { type: 'url', url: target },
      ...(values['every'] === undefined ? {} : { schedule: { every: seconds(values['every']) } }),
      ...(values['table'] === undefined ? {} : { table: { name: text(values['table']) } }),
      ...((options.member ?? options.layer) ? { options } : {}),
    };
    const one = await client.call('createSynchronization', {
      body,
      idempotencyKey: randomUUID(),
      signal: terminal.signal,
    });
    if (values['watch'] !== true) return tell(terminal, one, synchronizationText(one, Date.now()));
    if (!terminal.json) terminal.out(`${one.id}\n`);
    return watchRun(client, one.id, 0, terminal);
  },
  run: async (client, { target, values }, terminal) => {
    const { id } = await find(client, target, terminal.signal);
    const before = (await latestRun(client, id, terminal.signal))?.number ?? 0;
    const one = await client.call('requestRun', {
      path: { id },
      idempotencyKey: randomUUID(),
      signal: terminal.signal,
    });
    if (values['watch'] !== true) return tell(terminal, one, `${one.id} queued\n`);
    return watchRun(client, id, before, terminal);
  },
  logs: async (client, { target, values }, terminal) => {
    const { id } = await find(client, target, terminal.signal);
    let after = '0';
    const lines: Schemas['LogEntry'][] = [];
    const isFollowed = values['follow'] === true;
    while (true) {
      for await (const line of client.each('listLog', {
        path: { id },
        query: { after },
        signal: terminal.signal,
      })) {
        after = line.id;
        if (!terminal.json) terminal.out(`${line.at} ${line.level.padEnd(7)} ${plain(line.message)}\n`);
        else if (isFollowed) terminal.out(`${JSON.stringify(line)}\n`);
        else lines.push(line);
      }
      if (!isFollowed) return tell(terminal, lines, '');
      await wait(followMs, undefined, { signal: terminal.signal });
    }
  },
  rejects: async (client, { target, values }, terminal) => {
    const { id } = await find(client, target, terminal.signal);
    const path = { id, runId: text(values['run']) ?? 'latest' };
    const query = { format: terminal.json ? ('json' as const) : ('csv' as const) };
    const answer: unknown = await client.call('v1ListRejects', { path, query, signal: terminal.signal });
    return tell(terminal, answer, String(answer));
  },
  delete: async (client, { target }, terminal) => {
    const { id } = await find(client, target, terminal.signal);
    await client.call('deleteSynchronization', { path: { id }, signal: terminal.signal });
    return tell(terminal, { id, deleted: true }, `${id} ended; its table stays\n`);
  },
};

function tell(terminal: Terminal, value: unknown, human: string): number {
  terminal.out(terminal.json ? `${JSON.stringify(value)}\n` : human);
  return 0;
}

function text(value: string | boolean | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function seconds(value: string | boolean): number {
  const [, amount, unit = 's'] = /^(\d{1,9})(s|m|h|d)?$/.exec(String(value)) ?? [];
  const factor = { s: 1, m: 60, h: 3_600, d: 86_400 }[unit];
  if (amount === undefined || factor === undefined)
    throw new UsageError('--every takes a time such as 900, 15m, 1h or 1d');
  return Number(amount) * factor;
}

/** By id, or by the one table of that name. @throws UsageError when there is not exactly one such table */
async function find(
  client: Client,
  target: string,
  signal: AbortSignal,
): Promise<Schemas['Synchronization']> {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(target))
    return client.call('showSynchronization', { path: { id: target }, signal });
  const found: Schemas['Synchronization'][] = [];
  for await (const one of client.each('listSynchronizations', { query: { name: target }, signal }))
    if ((one.table.name ?? one.table.requested_name) === target) found.push(one);
  const [one] = found;
  if (one !== undefined && found.length === 1) return one;
  throw new UsageError(
    `${found.length === 0 ? 'no' : 'more than one'} synchronization has the table "${plain(target)}"`,
  );
}
