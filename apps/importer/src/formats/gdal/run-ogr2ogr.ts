import { SyncError } from '@tidetable/contracts';
import {
  type ConfinedProcess,
  type ProcessEnd,
  type ProcessLimits,
  startConfined,
} from './confined-process.js';
import { dumpedGeometry, dumpedKey } from './dump-statements.js';
import type { GdalProfile } from './gdal-format.js';
import { skipAllDriversBut } from './list-drivers.js';
import type { WorkFolder } from './work-folder.js';

/** A file ready to be read by GDAL. */
export interface GdalSource {
  readonly profile: GdalProfile;
  readonly folder: WorkFolder;
  readonly limits: ProcessLimits;
  /** Options for opening this very file, besides those of its format. */
  readonly openOptions?: readonly string[];
  /** The reference system of its coordinates, where the file leaves it open. */
  readonly reference?: string;
  /** How the file calls that system, to be told where GDAL does not know it. */
  readonly referenceName?: string;
}

/** What is read of it, and how. */
export interface DumpOptions {
  /** The only layer to read; all of them without. */
  readonly layer?: string;
  /** Whether the layer says that its lines or polygons are single ones; several may come among them all the same. */
  readonly isOfSingles?: boolean;
  /** Reads no more than the first row of each layer, and leaves coordinates as they are. */
  readonly peek?: boolean;
  /** Whether the first row of a sheet names its columns. */
  readonly hasHeader?: boolean;
}

/**
 * Starts `ogr2ogr`, which writes the layers of a file as SQL with their rows as COPY text, geometries as EWKB in
 * degrees and two dimensions.
 *
 * @throws SyncError `file-type-unsupported` when GDAL, or its driver for the format, is not installed
 */
export async function startDump(source: GdalSource, options: DumpOptions = {}): Promise<ConfinedProcess> {
  const { profile, folder, limits } = source;
  const headers = options.hasHeader === false ? 'DISABLE' : 'FORCE';
  return startConfined(
    'ogr2ogr',
    dumpArguments(source, options),
    folder.path,
    {
      ...profile.environment,
      GDAL_SKIP: await skippedDrivers(profile, limits),
      ...(profile.holds === 'sheets' ? { OGR_XLS_HEADERS: headers, OGR_ODS_HEADERS: headers } : {}),
    },
    limits,
  );
}

/** What GDAL says of a layer's reference system: the text of `ogrinfo`. */
export async function startInfo(source: GdalSource, layer: string): Promise<ConfinedProcess> {
  const { profile, folder, limits } = source;
  const args = ['-ro', '-so', folder.fileName, layer];
  return startConfined(
    'ogrinfo',
    args,
    folder.path,
    { GDAL_SKIP: await skippedDrivers(profile, limits) },
    limits,
  );
}

function dumpArguments(source: GdalSource, options: DumpOptions): string[] {
  const { layer, peek = false, isOfSingles = false } = options;
  const { profile, folder, openOptions = [], reference } = source;
  const layerOptions = [
    'LAUNDER=NO',
    'EXTRACT_SCHEMA_FROM_LAYER_NAME=NO',
    'PRECISION=NO',
    'SPATIAL_INDEX=NONE',
    'DROP_TABLE=OFF',
    `FID=${dumpedKey}`,
    `GEOMETRY_NAME=${dumpedGeometry}`,
  ];
  const geometry = [
    ...['-dim', 'XY', '-nlt', 'CONVERT_TO_LINEAR', '-t_srs', 'EPSG:4326'],
    // Points would become multi points. Of any kind, curves would stay.
    ...(isOfSingles ? ['-nlt', 'PROMOTE_TO_MULTI'] : []),
    ...(profile.mixesSingles === true ? ['-nlt', 'GEOMETRY'] : []),
    ...(reference === undefined ? [] : ['-s_srs', reference]),
  ];
  return [
    ...['-f', 'PGDump', '/vsistdout/', folder.fileName],
    ...(layer === undefined ? [] : [layer]),
    ...['--config', 'PG_USE_COPY', 'YES'],
    ...layerOptions.flatMap((option) => ['-lco', option]),
    ...[...(profile.openOptions ?? []), ...openOptions].flatMap((option) => ['-oo', option]),
    ...(peek && profile.isMixed !== true ? ['-limit', '1'] : []),
    ...(peek || profile.holds === 'sheets' ? [] : geometry),
  ];
}

async function skippedDrivers(profile: GdalProfile, limits: ProcessLimits): Promise<string> {
  const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';
  const skipped = await skipAllDriversBut(profile.drivers, limits).catch((error: unknown) => {
    if (isMissing(error)) return '';
    throw error;
  });
  if (skipped !== '') return skipped;
  limits.signal.throwIfAborted();
  throw new SyncError('file-type-unsupported', `it is ${profile.title}, which this installation cannot read`);
}

/**
 * The failure that a process ended with; `null` when it did all it had to. An error that GDAL went on after counts
 * too: nobody can say what is missing then. What is no SyncError is our fault.
 */
export function failureOfEnd(end: ProcessEnd, { profile, limits }: GdalSource): Error | null {
  if (end.code === 0 && end.errors.length === 0) return null;
  const cause = new Error(
    `GDAL ended with ${end.code ?? end.signal ?? 'nothing'} and errors ${end.errors.slice(0, 20).join(', ')}`,
  );
  if (end.signal === 'SIGXCPU') {
    return new SyncError('run-timed-out', `after ${limits.computingSeconds} s of computing`, { cause });
  }
  // Not our doing, since the caller has looked at its signal: the machine has run out of memory.
  if (end.signal === 'SIGKILL') return cause;
  return new SyncError('file-unreadable', `it looks like ${profile.title}`, { cause });
}
