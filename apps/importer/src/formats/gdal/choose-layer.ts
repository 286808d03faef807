import { SyncError } from '@tidetable/contracts';
import { text } from 'node:stream/consumers';
import { describeNames } from '../list-names.js';
import type { ProcessLimits } from './confined-process.js';
import type { DumpedLayer } from './dump-statements.js';
import { readDump } from './read-dump.js';
import { failureOfEnd, type GdalSource, startDump, startInfo } from './run-ogr2ogr.js';

/** A layer, and whether it has any rows. */
export interface ListedLayer<Layer extends { readonly name: string } = DumpedLayer> {
  readonly layer: Layer;
  readonly hasRows: boolean;
}

/**
 * Lists the layers of a file.
 *
 * @throws SyncError `file-unreadable` or `layers-too-many`
 */
export async function listLayers(source: GdalSource): Promise<ListedLayer[]> {
  const listing = await startDump(source, { peek: true });
  try {
    const layers = new Map<string, { layer: DumpedLayer; hasRows: boolean }>();
    let current: { hasRows: boolean } | undefined;
    for await (const part of readDump(listing.stdout)) {
      if (part.kind === 'rows') current!.hasRows = true;
      else {
        // A layer whose rows come later comes once more with them.
        current = layers.get(part.layer.name) ?? { layer: part.layer, hasRows: false };
        layers.set(part.layer.name, current as ListedLayer);
        refuseTooMany(layers.size, source.limits);
      }
    }
    const end = await listing.ended;
    source.limits.signal.throwIfAborted();
    const failure = failureOfEnd(end, source);
    if (failure !== null) throw failure;
    return [...layers.values()];
  } finally {
    await listing.kill();
  }
}

/** @throws SyncError `layers-too-many` */
export function refuseTooMany(layers: number, { layersMax = Infinity }: ProcessLimits): void {
  if (layers > layersMax) throw new SyncError('layers-too-many', `at most ${layersMax} are allowed`);
}

/**
 * The layer that becomes the table, and those with rows that do not: the first in `order`, or else by name. Layers
 * without rows count only where all are empty. `null` for a file without layers.
 */
export function chooseLayer<Layer extends { readonly name: string }>(
  layers: readonly ListedLayer<Layer>[],
  order: readonly string[],
): { chosen: Layer; others: readonly string[] } | null {
  const rank = ({ name }: Layer): number => order.indexOf(name);
  // By code unit: the same everywhere, whatever the language of the machine.
  const byName = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  // A name that looks like an option cannot be asked for.
  const candidates = layers
    .filter(({ layer }) => !layer.name.startsWith('-'))
    .toSorted((a, b) => rank(a.layer) - rank(b.layer) || byName(a.layer.name, b.layer.name));
  const chosen = (candidates.find(({ hasRows }) => hasRows) ?? candidates[0])?.layer;
  if (chosen === undefined) return null;
  // The points of routes and tracks are the same things once more.
  const others = layers
    .filter(({ layer, hasRows }) => hasRows && layer !== chosen && !layer.name.endsWith('_points'))
    .map(({ layer }) => layer.name);
  return { chosen, others };
}

/**
 * The layer that was asked for, in upper or lower case where only one has that name then.
 *
 * @throws SyncError `layer-unknown`, which tells the names that are there
 */
export function findLayer<Layer extends { readonly name: string }>(
  layers: readonly ListedLayer<Layer>[],
  asked: string,
): Layer {
  const candidates = layers.map(({ layer }) => layer).filter(({ name }) => !name.startsWith('-'));
  const exact = candidates.find(({ name }) => name === asked);
  const similar = candidates.filter(({ name }) => name.toLowerCase() === asked.toLowerCase());
  const found = exact ?? (similar.length === 1 ? similar[0] : undefined);
  if (found === undefined) {
    throw new SyncError('layer-unknown', describeNames(candidates.map(({ name }) => name)));
  }
  return found;
}

/**
 * Makes sure that a layer without a numbered reference system has one at all: a GeoPackage calls it undefined
 * otherwise, and GDAL would take its coordinates for degrees.
 *
 * @throws SyncError `crs-unknown`
 */
export async function refuseUndefinedReference(source: GdalSource, layer: DumpedLayer): Promise<void> {
  if (layer.srid === null || layer.srid > 0) return;
  const info = await startInfo(source, layer.name);
  const [description] = await Promise.all([text(info.stdout), info.ended]).finally(() => info.kill());
  source.limits.signal.throwIfAborted();
  if (/^Layer SRS WKT:\n\(unknown\)/m.test(description) || /^[A-Z_]+\["Undefined /m.test(description)) {
    throw new SyncError('crs-unknown', 'its layer names no coordinate reference system');
  }
}
