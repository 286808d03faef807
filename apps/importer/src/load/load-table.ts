import { SyncError } from '@tidetable/contracts';
import type { Client } from 'pg';
import type { ColumnType } from '../columns/column-type.js';
import { nameColumns } from '../columns/name-columns.js';
import { type GuessingOptions, TypeSampler } from '../columns/type-sampler.js';
import type { TableReader } from '../formats/table-reader.js';
import { CopyEncoder, type LoadPlan } from './copy-encoder.js';
import { startCopy } from './copy-stream.js';
import { decideTypes, planLoad } from './plan-load.js';
import {
  copyStagingTableSql,
  createStagingTableSql,
  dropStagingTable,
  endGenerationSql,
} from './staging-table.js';
import { translateDatabaseError } from './translate-database-error.js';

/** A staging table with every row of the file in it, without indexes yet. */
export interface LoadedRows {
  names: readonly string[];
  headers: readonly (string | null)[];
  plan: LoadPlan;
  rows: number;
  geometries: number;
  placesRefused: number;
  shortRows: number;
  /** Columns whose type the beginning of the file suggested and a later line disproved. */
  retyped: { name: string; type: ColumnType; line: number }[];
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
  /** A connection without anything under way; it is so again when the load has ended. */
  client: Client;
  signal: AbortSignal;
}

/**
 * Loads a file into the run's staging table, whose leftovers are removed first. Every value is checked against
 * its column's type.
 *
 * The beginning of the file suggests the types, and the rows are loaded with them at once. A value that does not
 * fit ends the load, but the file is read to its end, so that the second load has types proven by every value.
 * Most files need one pass, none more than two.
 *
 * @throws SyncError when the file or its data cannot be loaded
 */
export async function loadTable(reader: TableReader, context: LoadContext): Promise<LoadedRows> {
  const headers = reader.columns.map(({ header }) => header);
  const geometry = reader.geometry?.column ?? null;
  const names = nameColumns(headers, geometry);
  const declared = reader.columns.map(({ type }, column) => (column === geometry ? 'text' : type));
  const sampler = new TypeSampler(names.length, context.options, declared);
  reader.readSample(sampler);
  const { evidence } = sampler;

  const plan = (types: readonly ColumnType[]): LoadPlan =>
    planLoad(headers, names, types, evidence, context.options, geometry);
  const suggested = plan(decideTypes(evidence));
  const first = await loadOnce(reader, context, names, suggested);
  if (isProven(first, suggested)) return describe(reader, names, suggested, first, first);

  const types = first.provenTypes();
  types.forEach((type, column) => {
    // Nothing is left to find out about text.
    if (type === 'text') evidence.possible[column] = 0;
  });
  const proven = plan(types);
  const second = await loadOnce(reader, context, names, proven);
  if (!isProven(second, proven)) throw new Error('a type proven by every value was disproved');
  return describe(reader, names, proven, second, first);
}

function isProven(encoder: CopyEncoder, plan: LoadPlan): boolean {
  return !encoder.disproved && encoder.provenTypes().every((type, column) => type === plan.types[column]);
}

/** One pass: reads the whole file; the rows are in the table unless a type was disproved. */
async function loadOnce(
  reader: TableReader,
  context: LoadContext,
  names: readonly string[],
  plan: LoadPlan,
): Promise<CopyEncoder> {
  const { client } = context;
  const encoder = new CopyEncoder(plan);
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
    } catch (error) {
      await copy.abort();
      throw error;
    }
    if (encoder.rows === 0) {
      await copy.abort();
      throw new SyncError('file-without-rows');
    }
    if (!isProven(encoder, plan)) {
      await copy.abort();
      return encoder;
    }
    await copy.write(encoder.takePieces(true));
    await copy.finish();
    if (plan.geometry !== null) await client.query(endGenerationSql(context.runId));
    await client.query('COMMIT');
    return encoder;
  } catch (error) {
    throw translateDatabaseError(error, plan.geometry !== null);
  } finally {
    // Where it is still open; a connection that broke has none any more.
    if (client.getTransactionStatus() !== 'I') await client.query('ROLLBACK').catch(() => undefined);
  }
}

function describe(
  reader: TableReader,
  names: readonly string[],
  plan: LoadPlan,
  loaded: CopyEncoder,
  first: CopyEncoder,
): LoadedRows {
  return {
    names,
    headers: reader.columns.map(({ header }) => header),
    plan,
    rows: loaded.rows,
    geometries: loaded.geometries,
    placesRefused: loaded.placesRefused,
    shortRows: loaded.shortRows,
    retyped: names.flatMap((name, column) =>
      first.disprovedLines[column] === 0
        ? []
        : [{ name, type: plan.types[column]!, line: first.disprovedLines[column]! }],
    ),
  };
}
