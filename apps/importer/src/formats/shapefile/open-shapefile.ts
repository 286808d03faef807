import { SyncError } from '@tidetable/contracts';
import type { ProcessLimits } from '../gdal/confined-process.js';
import { openGdal } from '../gdal/gdal-reader.js';
import { LeftToGdal, openOrLeaveToGdal } from '../gdal/leave-to-gdal.js';
import { openFile } from '../open-file.js';
import type { OpenableFile, TableReader } from '../table-reader.js';
import { describeReference } from './describe-reference.js';
import { findDbfEncoding } from './find-dbf-encoding.js';
import { readDbfHeader } from './read-dbf-header.js';
import { readShapeIndex, type ShapeIndex } from './read-shape-index.js';
import { ShapefileReader } from './shapefile-reader.js';

/**
 * Opens a shapefile: the .shp together with the .dbf, and with the .shx, .prj and .cpg where they are. GDAL reads those
 * whose coordinates are no plain degrees, whose shapes are not in order, and surfaces of triangles.
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
  const table = await openFile(dbf);
  const header = readDbfHeader(table.head);
  const encoding = findDbfEncoding(await textOf(file, '.cpg'), header, table.head);
  const reference = describeReference(await textOf(file, '.prj'), file.head);
  if (reference.kind === 'unknown') {
    throw new SyncError('crs-unknown', 'there is no .prj, and the coordinates are no degrees');
  }
  const openWithGdal = (): Promise<TableReader> =>
    openGdal(file, 'shapefile', limits, {
      openOptions: [`ENCODING=${encoding}`],
      ...(reference.kind === 'degrees' ? { reference: 'EPSG:4326' } : { referenceName: reference.name }),
    });
  return openOrLeaveToGdal(async () => {
    if (reference.kind !== 'degrees') throw new LeftToGdal('its coordinates have to be brought into degrees');
    if (/^(utf-?(7|16|32)|ucs)/i.test(encoding)) throw new LeftToGdal('its texts are not written in bytes');
    return new ShapefileReader({ shapes: file, table, header, encoding, index: await indexOf(file) });
  }, openWithGdal);
}

async function indexOf({ companions }: OpenableFile): Promise<ShapeIndex | null> {
  const open = companions?.files.get('.shx');
  if (open === undefined) return null;
  const index = await readShapeIndex(await open());
  if (index === null) throw new LeftToGdal('its shapes are not in order');
  return index;
}

/** The text of a small companion; `null` where there is none. */
async function textOf({ companions }: OpenableFile, extension: string): Promise<string | null> {
  const open = companions?.files.get(extension);
  return open === undefined ? null : (await openFile(open)).head.toString('latin1');
}
