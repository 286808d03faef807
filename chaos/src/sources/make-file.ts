import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { type SourceRow, rowsOf, type SourceShape } from './version.js';

const run = promisify(execFile);

/** The bytes of a version of a source, the same again whenever it is asked. */
export async function makeFile(shape: SourceShape, version: number): Promise<Buffer> {
  const rows = rowsOf(shape, version);
  switch (shape.format) {
    case 'csv':
      return Buffer.from(csv(rows));
    case 'csv.gz':
      return gzipSync(csv(rows));
    case 'geojson':
      return Buffer.from(geoJson(rows));
    case 'zip':
      return convert(geoJson(rows), 'ESRI Shapefile', 'shz');
    case 'gpkg':
      return convert(geoJson(rows), 'GPKG', 'gpkg');
  }
}

function csv(rows: readonly SourceRow[]): string {
  const lines = rows.map((row) => Object.values(row).join(','));
  return `n,source,version,amount,label,lat,lon\n${lines.join('\n')}\n`;
}

function geoJson(rows: readonly SourceRow[]): string {
  const features = rows.map(({ lat, lon, ...properties }) => ({
    type: 'Feature',
    properties,
    geometry: { type: 'Point', coordinates: [lon, lat] },
  }));
  return JSON.stringify({ type: 'FeatureCollection', features });
}

async function convert(text: string, driver: string, extension: string): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'tidetable-chaos-file-'));
  try {
    const [source, made] = [join(folder, 'points.geojson'), join(folder, `points.${extension}`)];
    await writeFile(source, text);
    // The layer of a shapefile in an archive is named after the file, and that is renamed by whoever serves it.
    await run('ogr2ogr', ['-f', driver, made, source]);
    const whole = join(folder, 'whole');
    await rename(made, whole);
    return await readFile(whole);
  } finally {
    await rm(folder, { recursive: true });
  }
}
