import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';

const run = promisify(execFile);

/** Makes a file of 500 points with the columns `id` and `version`, in a format by its extension. */
export async function makeFile(extension: string, version: number): Promise<Buffer> {
  const rows = Array.from({ length: 500 }, (_, id) => ({ id, version, lat: id % 90, lon: id % 180 }));
  if (extension === 'ndjson') return Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  if (extension === 'parquet') {
    const columnData = (['id', 'version', 'lat', 'lon'] as const).map((name) => ({
      name,
      data: rows.map((row) => row[name]),
      type: 'INT32' as const,
    }));
    return Buffer.from(parquetWriteBuffer({ columnData }));
  }
  const features = rows.map(({ lat, lon, ...properties }) => ({
    type: 'Feature',
    properties,
    geometry: { type: 'Point', coordinates: [lon, lat] },
  }));
  const collection = Buffer.from(JSON.stringify({ type: 'FeatureCollection', features }));
  if (extension === 'geojson.gz') return gzipSync(collection);
  const folder = await mkdtemp(join(tmpdir(), 'tidetable-made-'));
  try {
    const [source, target] = [join(folder, 'points.geojson'), join(folder, `made.${extension}`)];
    await writeFile(source, collection);
    await run('ogr2ogr', [target, source]);
    return await readFile(target);
  } finally {
    await rm(folder, { recursive: true });
  }
}
