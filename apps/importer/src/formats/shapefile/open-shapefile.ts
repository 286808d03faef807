import { SyncError } from '@tidetable/contracts';
import type { ProcessLimits } from '../gdal/confined-process.js';
import { openGdal } from '../gdal/gdal-reader.js';
import { openFile } from '../open-file.js';
import type { OpenableFile, TableReader } from '../table-reader.js';
import { describeReference } from './describe-reference.js';
import { findDbfEncoding } from './find-dbf-encoding.js';
import { readDbfHeader } from './read-dbf-header.js';

/**
 * Opens a shapefile: the .shp together with the .dbf, and with the .prj and .cpg where they are.
 *
 * @throws SyncError `shapefile-incomplete`, `crs-unknown`, or what GDAL's reader throws
 */
export async function openShapefile(file: OpenableFile, limits: ProcessLimits): Promise<TableReader> {
  const dbf = file.companions?.files.get('.dbf');
  if (dbf === undefined) {
    throw new SyncError(
      'shapefile-incomplete',
      file.companions === undefined ? 'the .shp came alone' : 'there is no .dbf with the name of the .shp',
    );
  }
  const { head } = await openFile(dbf);
  const encoding = findDbfEncoding(await textOf(file, '.cpg'), readDbfHeader(head), head);
  const reference = describeReference(await textOf(file, '.prj'), file.head);
  if (reference.kind === 'unknown') {
    throw new SyncError('crs-unknown', 'there is no .prj, and the coordinates are no degrees');
  }
  return openGdal(file, 'shapefile', limits, {
    openOptions: [`ENCODING=${encoding}`],
    ...(reference.kind === 'degrees' ? { reference: 'EPSG:4326' } : { referenceName: reference.name }),
  });
}

/** The text of a small companion; `null` where there is none. */
async function textOf({ companions }: OpenableFile, extension: string): Promise<string | null> {
  const open = companions?.files.get(extension);
  return open === undefined ? null : (await openFile(open)).head.toString('latin1');
}
