import { copyToScratchFile } from '../../unpack/scratch-file.js';
import { chooseLayer, findLayer, type ListedLayer, refuseTooMany } from '../gdal/choose-layer.js';
import type { ProcessLimits } from '../gdal/confined-process.js';
import { openGdal } from '../gdal/gdal-reader.js';
import { LeftToGdal, openOrLeaveToGdal } from '../gdal/leave-to-gdal.js';
import type { OpenableFile, TableReader } from '../table-reader.js';
import { GeopackageReader } from './geopackage-reader.js';
import { PageFile } from './page-file.js';
import { type GeopackageLayer, readLayers } from './read-layers.js';
import { TableWalk } from './table-walk.js';

/** Kinds of geometries that may hold no curves. */
const plainKinds = /^(GEOMETRY|(MULTI)?(POINT|LINESTRING|POLYGON)|GEOM(ETRY)?COLLECTION)$/;

/**
 * Opens a GeoPackage: the first of its layers by name that has rows, or the one that was asked for. GDAL reads those whose
 * coordinates are no plain degrees, curves, and whatever has views, virtual tables, or tables that are no layers.
 *
 * @throws SyncError `file-unreadable`, `layer-unknown`, `layers-too-many`, or what reading with GDAL throws
 */
export async function openGeopackage(
  file: OpenableFile,
  limits: ProcessLimits,
  layer: string | null,
): Promise<TableReader> {
  return openOrLeaveToGdal(
    () => openOwn(file, layer, limits),
    () => openGdal(file, 'geopackage', limits, { layer }),
  );
}

async function openOwn(
  file: OpenableFile,
  asked: string | null,
  limits: ProcessLimits,
): Promise<TableReader> {
  const scratch = await copyToScratchFile(await file.open());
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => (closed ??= scratch.close());
  try {
    const pages = await PageFile.open(scratch);
    const found = await readLayers(pages);
    refuseTooMany(found.length, limits);
    const layers = await listRows(pages, found);
    const choice =
      asked === null ? chooseLayer(layers, []) : { chosen: findLayer(layers, asked), others: [] };
    if (choice === null) throw new LeftToGdal('it has no layers');
    const { geometry } = choice.chosen;
    if (geometry !== null && !(geometry.isDegrees && plainKinds.test(geometry.kind))) {
      throw new LeftToGdal('its geometries have to be changed');
    }
    return await GeopackageReader.open(pages, choice.chosen, choice.others, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function listRows(
  pages: PageFile,
  layers: readonly GeopackageLayer[],
): Promise<ListedLayer<GeopackageLayer>[]> {
  const listed: ListedLayer<GeopackageLayer>[] = [];
  for (const layer of layers) {
    let hasRows = false;
    await new TableWalk(pages, () => !(hasRows = true)).walk(layer.root);
    listed.push({ layer, hasRows });
  }
  return listed;
}
