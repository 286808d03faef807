import { SyncError } from '@tidetable/contracts';
import type { Client } from 'pg';
import { recallColumns, type RememberedColumn } from '../columns/remembered-column.js';
import { nameColumns } from '../columns/name-columns.js';
import { type GuessingOptions, TypeSampler } from '../columns/type-sampler.js';
import type { TableReader } from '../formats/table-reader.js';
import { tellRowsSql } from './analyze-table.js';
import { CopyEncoder, type LoadPlan } from './copy-encoder.js';
import { startCopy } from './copy-stream.js';
import { type ColumnNotes, describeColumns } from './describe-columns.js';
import { decideReadings, decideTypes, planLoad } from './plan-load.js';
import { refuseRejected, type RejectionLimits } from './refuse-rejected.js';
import type { RejectedRows } from './rejected-rows.js';
import {
  copyStagingTableSql,
  createStagingTableSql,
  dropStagingTable,
  endGenerationSql,
} from './staging-table.js';
import { translateDatabaseError } from './translate-database-error.js';

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
  shortRows: number;
  /** Rows of the file that are not in the table. */
  rejected: RejectedRows;
}

/** The same with what is known of the file. */
export interface LoadedTable extends LoadedRows {
  /** The name of the file that the table is in. */
  fileName: string;
  /** What else is worth telling about the file, in sentences. */
  remarks: string[];
}

/** What loading needs besides the file. */
export interface LoadContext {
  runId: string;
  options: GuessingOptions;
  rowsMax: number;
  /** What the last refresh made of the columns, with the same options; nothing before the first. */
  remembered?: readonly RememberedColumn[];
  /** A connection without anything under way; it is so again when the load has ended. */
  client: Client;
  rejection: RejectionLimits;
  /** Where rejected rows are collected, so that they are at hand when loading fails as well. */
  rejected: RejectedRows;
  signal: AbortSignal;
}

/**
 * Loads a file into the run's staging table, whose leftovers are removed first. Every value is checked against
 * its column's type.
 *
 * The beginning of the file suggests the types, and the rows are loaded with them at once. A value that does not
 * fit ends the load, but the file is read to its end, so that the second load has types proven by every value.
 * Most files need one pass, none more than two; unless only later rows show what columns there are, which begins anew.
 *
 * @throws SyncError when the file or its data cannot be loaded
 */
export async function loadTable(reader: TableReader, context: LoadContext): Promise<LoadedRows> {
  for (let round = 0; round < columnRoundsMax; round++) {
    const loaded = await loadColumns(reader, context);
    if (loaded !== null) return loaded;
  }
  throw new Error('the columns of the file are others each time that it is read');
}

/** Loads the columns that the reader has now; `null` when reading showed that there are others. */
async function loadColumns(reader: TableReader, context: LoadContext): Promise<LoadedRows | null> {
  const { columns } = reader;
  const headers = columns.map(({ header }) => header);
  const geometry = reader.geometry?.column ?? null;
  const names = nameColumns(headers, geometry);
  const declared = columns.map(({ type }, column) => (column === geometry ? 'text' : type));
  // What the format itself tells needs no guess.
  const options =
    reader.quotesText === true
      ? { typeGuessing: true, quotedFieldsGuessing: false, numbersAreTold: true }
      : context.options;
  const known = recallColumns(context.remembered ?? [], names, headers);
  const sampler = new TypeSampler(names.length, options, declared, known);
  reader.readSample(sampler);
  const { evidence, leftLines } = sampler;

  const planned = { ...options, typeGuessing: context.options.typeGuessing };
  const plan = (): LoadPlan => planLoad(headers, names, decideTypes(evidence), evidence, planned, geometry);
  const describe = (loadedPlan: LoadPlan, first: CopyEncoder, loaded: CopyEncoder): LoadedRows => ({
    names,
    headers,
    plan: loadedPlan,
    rows: loaded.rows,
    geometries: loaded.geometries,
    placesRefused: loaded.placesRefused,
    shortRows: loaded.shortRows,
    rejected: loaded.rejected,
    ...describeColumns({
      names,
      headers,
      plan: loadedPlan,
      readings,
      seen: evidence.seen,
      first,
      loaded,
      known,
      leftLines,
    }),
  });

  const suggested = plan();
  const isAsSuggested = (encoder: CopyEncoder): boolean =>
    !encoder.disproved && haveSameTypes(plan(), suggested);
  const first = await loadOnce(reader, context, names, suggested, isAsSuggested);
  if (reader.columns !== columns) return null;
  const readings = decideReadings(evidence);
  if (isAsSuggested(first)) return describe(suggested, first, first);

  const proven = plan();
  proven.types.forEach((type, column) => {
    // Nothing is left to find out about text.
    if (type === 'text') evidence.possible[column] = 0;
  });
  const second = await loadOnce(reader, context, names, proven, (encoder) => !encoder.disproved);
  if (second.disproved) throw new Error('a type proven by every value was disproved');
  return describe(proven, first, second);
}

function haveSameTypes(one: LoadPlan, other: LoadPlan): boolean {
  return one.types.every((type, column) => type === other.types[column]);
}

/** One pass: reads the whole file; the rows are in the table unless a type was disproved. */
async function loadOnce(
  reader: TableReader,
  context: LoadContext,
  names: readonly string[],
  plan: LoadPlan,
  isProven: (encoder: CopyEncoder) => boolean,
): Promise<CopyEncoder> {
  const { client } = context;
  const { columns } = reader;
  context.rejected.clear();
  const encoder = new CopyEncoder(plan, context.rejected, reader.geometry?.encoding);
  try {
    await dropStagingTable(client, context.runId);
    await client.query('BEGIN');
    // The swap waits for the disk, and with it for all that was written before; until then nothing is worth waiting for.
    await client.query('SET LOCAL synchronous_commit = off');
    await client.query(createStagingTableSql(context.runId, names, plan));
    const copy = startCopy(client, copyStagingTableSql(context.runId, names, plan));
    try {
      await reader.read(encoder, async () => {
        context.signal.throwIfAborted();
        if (encoder.rows > context.rowsMax) {
          throw new SyncError('rows-too-many', `at most ${context.rowsMax} are allowed`);
        }
        const pieces = encoder.takePieces(false);
        if (!encoder.disproved) await copy.write(pieces);
      });
      if (reader.columns !== columns) {
        await copy.abort();
        return encoder;
      }
      refuseRejected(encoder.rows, encoder.rejected, context.rejection);
      if (encoder.rows === 0) throw new SyncError('file-without-rows');
    } catch (error) {
      await copy.abort();
      throw error;
    }
    if (!isProven(encoder)) {
      await copy.abort();
      return encoder;
    }
    await copy.write(encoder.takePieces(true));
    await copy.finish();
    if (plan.geometry !== null) await client.query(endGenerationSql(context.runId));
    await client.query(`${tellRowsSql}; COMMIT`);
    return encoder;
  } catch (error) {
    throw translateDatabaseError(error, plan.geometry !== null);
  } finally {
    // Where it is still open; a connection that broke has none any more.
    if (client.getTransactionStatus() !== 'I') await client.query('ROLLBACK').catch(() => undefined);
  }
}
