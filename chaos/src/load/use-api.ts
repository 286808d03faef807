import { setTimeout as pause } from 'node:timers/promises';
import { type Random, randomOf } from '../random.js';
import { plantedSecret } from '../sources/answer-request.js';
import { type Sources } from '../sources/serve-sources.js';
import { type ChaosSystem } from '../system/start-system.js';
import { type Customer, customerOf } from './customer.js';

/** Load that goes on until it is ended. */
export interface Load {
  readonly customers: readonly Customer[];
  /** Those that the api has said to be deleted. */
  readonly deletedIds: ReadonlySet<string>;
  end(): Promise<void>;
}

const intervalSeconds = { min: 4, max: 40 };
const deedPauseMs = { min: 100, max: 800 };
/** Of so many deeds on one synchronization each is one. */
const deeds = [
  'sync-now',
  'sync-now',
  'sync-now',
  'change',
  'change',
  'list',
  'list',
  'create',
  'delete',
] as const;

/** Makes the first synchronizations, then goes on using the api in every way. */
export async function useApi(
  system: ChaosSystem,
  sources: Sources,
  { seed, synchronizations }: { seed: number; synchronizations: number },
): Promise<Load> {
  const random = randomOf(seed, 1_000_000);
  const customers = system.accounts.map((account) => customerOf(account, system.apiUrls));
  const deletedIds = new Set<string>();
  for (let made = 0; made < synchronizations;) {
    if (await create(random.pick(customers), sources, random)) made += 1;
    // Fetchers keep headers, and may not be there yet.
    else await pause(100);
  }
  const over = new AbortController();
  const using = customers.map(async (customer) => {
    while (!over.signal.aborted) {
      await pause(random.between(deedPauseMs.min, deedPauseMs.max) * customers.length);
      await act(customer, sources, random, deletedIds);
    }
  });
  return {
    customers,
    deletedIds,
    end: async () => {
      over.abort();
      await Promise.all(using);
    },
  };
}

async function act(
  customer: Customer,
  sources: Sources,
  random: Random,
  deletedIds: Set<string>,
): Promise<void> {
  const deed = random.pick(deeds);
  if (deed === 'create') return void (await create(customer, sources, random));
  const shown = await customer.list();
  if (deed === 'list' || shown === null || shown.length === 0) return;
  const { id } = random.pick(shown);
  if (deed === 'sync-now') await customer.syncNow(id);
  else if (deed === 'change') await customer.change(id, { interval: someInterval(random) });
  // An account is not emptied, and a deletion that was not answered may or may not have been one.
  else if (shown.length > 5 && [204, 404].includes(await customer.remove(id))) deletedIds.add(id);
}

async function create(customer: Customer, sources: Sources, random: Random): Promise<boolean> {
  const source = await sources.add();
  const created = await customer.create({
    url: sources.urlOf(source),
    interval: someInterval(random),
    table_name: `s${source.shape.number}`,
    ...(source.shape.secret === 'header' ? { headers: { 'X-Api-Key': plantedSecret } } : {}),
  });
  return created !== null;
}

function someInterval(random: Random): number {
  return random.whole(intervalSeconds.min, intervalSeconds.max);
}
