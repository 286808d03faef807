import { setTimeout as pause } from 'node:timers/promises';
import { type Random, randomOf } from '../random.js';
import { sourceNumberOf } from '../sources/serve-sources.js';
import { shapeOf } from '../sources/version.js';
import { type ChaosSystem } from '../system/start-system.js';
import { judgeSight, type Sight } from './judge-sight.js';

/** A reader who never stops looking at the customers' tables. */
export interface Watch {
  /** The highest version seen of the table of each synchronization. */
  readonly seenVersions: ReadonlyMap<string, number>;
  /** What broke a promise while it was looked at, each once. */
  readonly violations: ReadonlySet<string>;
  sights(): number;
  end(): Promise<void>;
}

interface Watched {
  readonly id: string;
  /** Schema and table, or view, quoted. */
  readonly relation: string;
  readonly sourceNumber: number;
}

const readers = 2;
const lookPauseMs = 15;
const listPauseMs = 1_000;

/** Starts looking, at every table from its first success on, and at views that it makes on some of them. */
export function watchTables(system: ChaosSystem, seed: number): Watch {
  const watched = new Map<string, Watched>();
  const seenVersions = new Map<string, number>();
  const violations = new Set<string>();
  const over = new AbortController();
  let sights = 0;

  const list = async (): Promise<void> => {
    for (const table of await listTables(system)) {
      if (!watched.has(table.relation)) watched.set(table.relation, table);
      const view = await viewOn(system, table);
      if (view !== null) watched.set(view.relation, view);
    }
  };
  const look = async (random: Random): Promise<void> => {
    if (watched.size === 0) return;
    const table = random.pick([...watched.values()]);
    const seenBefore = seenVersions.get(table.id) ?? 0;
    const sight = await lookAt(system, table.relation);
    sights += 1;
    const broken = judgeSight(sight, shapeOf(table.sourceNumber), seenBefore);
    if (broken !== null) violations.add(`${table.relation}: ${broken}`);
    else seenVersions.set(table.id, Math.max(seenVersions.get(table.id) ?? 0, sight!.versionMin));
  };
  const goOn = async (deed: () => Promise<void>, pauseMs: number): Promise<void> => {
    while (!over.signal.aborted) {
      // A database that is away shows nothing, and breaks no promise of a table.
      await deed().catch(() => undefined);
      await pause(pauseMs);
    }
  };
  const going = [
    goOn(list, listPauseMs),
    ...Array.from({ length: readers }, (_, reader) => {
      const random = randomOf(seed, 2_000_000 + reader);
      return goOn(() => look(random), lookPauseMs);
    }),
  ];
  return {
    seenVersions,
    violations,
    sights: () => sights,
    end: async () => {
      over.abort();
      await Promise.all(going);
    },
  };
}

async function listTables({ metadata }: ChaosSystem): Promise<Watched[]> {
  const { rows } = await metadata.query<{ id: string; relation: string; url: string }>(
    `SELECT s.id, format('%I.%I', a.username, s.name) AS relation, s.url
     FROM synchronizations s JOIN accounts a ON a.id = s.account_id
     WHERE s.imported_at IS NOT NULL AND s.deleted_at IS NULL`,
  );
  return rows.map(({ id, relation, url }) => ({ id, relation, sourceNumber: sourceNumberOf(url) }));
}

/** A view on one table in ten, so that every swap of those has to keep one. */
async function viewOn({ destination }: ChaosSystem, table: Watched): Promise<Watched | null> {
  if (table.sourceNumber % 10 !== 1) return null;
  const relation = `public.view_of_${table.sourceNumber}`;
  const { rows } = await destination.query<{ isThere: boolean }>(
    `SELECT to_regclass($1) IS NOT NULL AS "isThere"`,
    [relation],
  );
  if (rows[0]!.isThere) return null;
  await destination.query(
    `CREATE VIEW ${relation} AS SELECT n, source, version, label, cartodb_id FROM ${table.relation}`,
  );
  return { ...table, relation };
}

async function lookAt({ destination }: ChaosSystem, relation: string): Promise<Sight> {
  try {
    const { rows } = await destination.query<NonNullable<Sight>>(
      `SELECT count(*)::int AS rows, count(DISTINCT cartodb_id)::int AS keys,
         min(version)::int AS "versionMin", max(version)::int AS "versionMax",
         min(source)::int AS "sourceMin", max(source)::int AS "sourceMax"
       FROM ${relation}`,
    );
    return rows[0]!;
  } catch (error) {
    if ((error as { code?: string }).code === '42P01') return null;
    throw error;
  }
}
