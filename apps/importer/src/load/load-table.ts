import { SyncError } from '@tidetable/contracts';
import type { Client } from 'pg';
import { recallColumns, type RememberedColumn } from '../columns/remembered-column.js';
import { nameColumns, tableColumnsMax } from '../columns/name-columns.js';
import { type GuessingOptions, TypeSampler } from '../columns/type-sampler.js';
import type { TableReader } from '../formats/table-reader.js';
import { findPointColumns } from '../geometry/find-point-columns.js';
import { describePlaces, type PlaceChanges } from '../geometry/describe-places.js';
import { PlaceEvidence } from '../geometry/place-evidence.js';
import { geometryFieldOf, isSamePlace } from '../geometry/place-plan.js';
import { PlaceSampler } from '../geometry/place-sampler.js';
import { CopyEncoder, type LoadPlan } from './copy-encoder.js';
import { type ColumnNotes, describeColumns } from './describe-columns.js';
import type { LoadTarget } from './load-target.js';
import { decideReadings, placeTypesOf, planLoad } from './plan-load.js';
import { refuseRejected, type RejectionLimits } from './refuse-rejected.js';
import type { RejectedRows } from './rejected-rows.js';
import { stagingTarget } from './staging-target.js';

/** Columns can turn out to be others when later rows have more of them, and when the file is for another reader. */
const columnRoundsMax = 3;

/** A staging table with every row of the file in it, without indexes yet. */
export interface LoadedRows extends ColumnNotes {
  names: readonly string[];
  headers: readonly (string | null)[];
  plan: LoadPlan;
  rows: number;
  geometries: number;
  placesRefused: number;
  /** West, south, east and north of points that were made of numbers; `null` for other geometries. */
  pointBounds: readonly [number, number, number, number] | null;
  shortRows: number;
  /** Rows of the file that are not in the table. */
  rejected: RejectedRows;
  /** What is worth telling of where the rows are, in sentences. */
  placeNotes: string[];
}

/** One reading of the whole file. */
interface Pass {
  encoder: CopyEncoder;
  /** What the database changed of the geometries that were copied. */
  changes: PlaceChanges;
}

/** The same with what is known of the file. */
export interface LoadedTable extends LoadedRows {
  /** The name of the file that the table is in. */
  fileName: string;
  /** What else is worth telling about the file, in sentences. */
  remarks: string[];
}

/** What a table may have at most. */
export interface LoadLimits {
  readonly rows: number;
  readonly columns: number;
  /** Of one geometry. */
  readonly vertices: number;
}

/** What reading a table needs besides the file. */
export interface ReadContext {
  /** Where the rows go. */
  target: LoadTarget;
  options: GuessingOptions & { contentGuessing: boolean };
  limits: LoadLimits;
  /** What the last refresh made of the columns, with the same options; nothing before the first. */
  remembered?: readonly RememberedColumn[];
  rejection: RejectionLimits;
  /** Where rejected rows are collected, so that they are at hand when loading fails as well. */
  rejected: RejectedRows;
  /** Told of the rows that were read so far, each time that some were sent on. @default nobody is */
  onRows?: (rows: number) => void;
  signal: AbortSignal;
}

/** What loading needs besides the file. */
export type LoadContext = Omit<ReadContext, 'target'> & {
  runId: string;
  /** A connection without anything under way; it is so again when the load has ended. */
  client: Client;
};

/**
 * Loads a file into the run's staging table, whose leftovers are removed first. Every value is checked against
 * its column's type.
 *
 * The beginning of the file suggests the types, and the rows are loaded with them at once. A value that does not
 * fit ends the load, but the file is read to its end, so that the second load has types proven by every value. The same
 * holds for where the rows are.
 * Most files need one pass, none more than two; unless only later rows show what columns there are, which begins anew.
 *
 * @throws SyncError when the file or its data cannot be loaded
 */
export async function loadTable(
  reader: TableReader,
  { client, runId, ...context }: LoadContext,
): Promise<LoadedRows> {
  return readTable(reader, { ...context, target: stagingTarget(client, runId) });
}

/**
 * The same with rows that go wherever the target puts them: what is found out of a file does not depend on it.
 *
 * @throws SyncError when the file or its data cannot be loaded
 */
export async function readTable(reader: TableReader, context: ReadContext): Promise<LoadedRows> {
  for (let round = 0; round < columnRoundsMax; round++) {
    const loaded = await loadColumns(reader, context);
    if (loaded !== null) return loaded;
  }
  throw new Error('the columns of the file are others each time that it is read');
}

/** Loads the columns that the reader has now; `null` when reading showed that there are others. */
async function loadColumns(reader: TableReader, context: ReadContext): Promise<LoadedRows | null> {
  const { columns } = reader;
  const headers = columns.map(({ header }) => header);
  const geometry = reader.geometry?.column ?? null;
  refuseColumns(headers.length, context.limits.columns);
  const ownNames = nameColumns(headers, geometry);
  const declared = columns.map(({ type }, column) => (column === geometry ? 'text' : type));
  // What the format itself tells needs no guess.
  const options =
    reader.quotesText === true
      ? {
          typeGuessing: true,
          quotedFieldsGuessing: false,
          readsQuoted: coordinatesAmong(headers),
          numbersAreTold: true,
        }
      : context.options;
  const known = recallColumns(context.remembered ?? [], ownNames, headers);
  const sampler = new TypeSampler(headers.length, options, declared, known);
  reader.readSample(sampler);
  const sampledPlaces = samplePlaces(reader, context);
  const { evidence, leftLines } = sampler;

  const plan = (places: PlaceEvidence): LoadPlan => planLoad(ownNames, evidence, places, options);
  const describe = (loadedPlan: LoadPlan, first: Pass, loaded: Pass, places: PlaceEvidence): LoadedRows => {
    const names = nameColumns(headers, geometryFieldOf(loadedPlan.place));
    const { encoder, changes } = loaded;
    return {
      names,
      headers,
      plan: loadedPlan,
      rows: encoder.rows,
      geometries: encoder.placed.geometries - changes.vanished - changes.lost,
      placesRefused: encoder.placed.placesRefused,
      pointBounds:
        loadedPlan.place.from === 'point' && encoder.placed.geometries > 0
          ? encoder.placed.pointBounds
          : null,
      shortRows: encoder.shortRows,
      rejected: encoder.rejected,
      placeNotes: describePlaces(places, loadedPlan.place, placeTypesOf(loadedPlan.types), ownNames, changes),
      ...describeColumns({
        names,
        headers,
        plan: loadedPlan,
        readings,
        seen: evidence.seen,
        first: first.encoder,
        loaded: encoder,
        known,
        leftLines,
      }),
    };
  };

  const suggested = plan(sampledPlaces);
  const places = sampledPlaces.anew();
  const isAsSuggested = (encoder: CopyEncoder): boolean =>
    !encoder.disproved && isSameLoad(plan(places), suggested);
  const first = await loadOnce(reader, context, suggested, places, isAsSuggested);
  if (reader.columns !== columns) return null;
  const readings = decideReadings(evidence);
  if (isAsSuggested(first.encoder)) return describe(suggested, first, first, places);

  const proven = plan(places);
  proven.types.forEach((type, column) => {
    // Nothing is left to find out about text.
    if (type === 'text') evidence.possible[column] = 0;
  });
  const second = await loadOnce(reader, context, proven, places.anew(), (encoder) => !encoder.disproved);
  if (second.encoder.disproved) throw new Error('a type proven by every value was disproved');
  return describe(proven, first, second, places);
}

/** Many programs write the coordinates of places as texts into formats that have numbers, too. */
function coordinatesAmong(headers: readonly (string | null)[]): Uint8Array {
  const columns = new Uint8Array(headers.length);
  const point = findPointColumns(headers);
  if (point?.isNamedForDegrees === true) columns[point.latitude] = columns[point.longitude] = 1;
  return columns;
}

/** What the beginning of the file says of where its rows are. */
function samplePlaces(reader: TableReader, { options }: ReadContext): PlaceEvidence {
  const places = PlaceEvidence.ofAllColumns({
    headers: reader.columns.map(({ header }) => header),
    format: reader.geometry ?? null,
    typeGuessing: options.typeGuessing,
    contentGuessing: options.contentGuessing,
  });
  reader.readSample(new PlaceSampler(places));
  return places;
}

function isSameLoad(one: LoadPlan, other: LoadPlan): boolean {
  return isSamePlace(one.place, other.place) && haveSameTypes(one, other);
}

function refuseColumns(columns: number, columnsMax: number): void {
  // Beyond what is possible at all that is what is told.
  if (columns <= columnsMax || columnsMax >= tableColumnsMax) return;
  throw new SyncError('columns-too-many', `it has ${columns} columns, at most ${columnsMax} are allowed`);
}

function haveSameTypes(one: LoadPlan, other: LoadPlan): boolean {
  return one.types.every((type, column) => type === other.types[column]);
}

/** One pass: reads the whole file; the rows are kept unless a type, or where the rows are, was disproved. */
async function loadOnce(
  reader: TableReader,
  context: ReadContext,
  plan: LoadPlan,
  places: PlaceEvidence,
  isProven: (encoder: CopyEncoder) => boolean,
): Promise<Pass> {
  const { columns } = reader;
  const names = nameColumns(
    columns.map(({ header }) => header),
    geometryFieldOf(plan.place),
  );
  context.rejected.clear();
  const encoder = new CopyEncoder(plan, places, context.rejected, context.limits.vertices);
  const changes = await context.target.load({ names, plan, encoder, places }, async (write) => {
    await reader.read(encoder, async () => {
      context.signal.throwIfAborted();
      if (encoder.rows > context.limits.rows) {
        throw new SyncError('rows-too-many', `at most ${context.limits.rows} are allowed`);
      }
      context.onRows?.(encoder.rows);
      const pieces = encoder.takePieces(false);
      if (!encoder.disproved) await write(pieces);
    });
    if (reader.columns !== columns) return false;
    refuseRejected(encoder.rows, encoder.rejected, context.rejection);
    if (encoder.rows === 0) throw new SyncError('file-without-rows');
    if (plan.place.from === 'format') refuseMetres(places);
    return isProven(encoder);
  });
  return { encoder, changes };
}

/** A format says what its coordinates are; where most cannot be that, nothing says what they are. */
function refuseMetres({ geometries: [evidence] }: PlaceEvidence): void {
  if (evidence !== undefined && evidence.notDegrees.count > evidence.geometries) {
    throw new SyncError('crs-unknown', 'its coordinates are no degrees, and nothing says what they are');
  }
}
