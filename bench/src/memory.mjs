/**
 * The most memory that the importer has resident while it imports files that grow tenfold, each in an importer of its
 * own, with whatever process reads the file for it; the curve is drawn as history/memory.svg.
 *
 * Usage: npm run bench:memory [-- FILE,…]
 */
import { statSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { run, withContest } from './contest.mjs';
import { drawCurves } from './draw-curves.mjs';
import { generateCsv } from './generate-csv.mjs';
import { generateGeoJson } from './generate-wide.mjs';
import { generateParquet } from './generate-parquet.mjs';
import { generateXlsx } from './generate-xlsx.mjs';
import { record } from './measure.mjs';

const chosen = process.argv[2]?.split(',');
/** Often enough to meet the peak of a process that reads a file. */
const lookMs = 20;

const csv = (rows) => (path) => generateCsv(rows, path);
const geoJson = (features) => (path) => generateGeoJson(features, path);
const parquet = (rows) => (path) => generateParquet(rows, path);
const xlsx = (rows) => (path) => generateXlsx(rows, path);
/** What ogr2ogr makes of so many points. */
const converted =
  (rows, ...args) =>
  async (path) => {
    const source = `${path}.geojson`;
    await generateGeoJson(rows, source);
    await run('ogr2ogr', [...args, path, source]);
    await rm(source);
  };
const geopackage = (rows) => converted(rows, '-f', 'GPKG', '-lco', 'SPATIAL_INDEX=NO');
const shapefile = (rows) => async (path) => {
  const archive = path.replace(/\.zip$/, '.shz');
  await converted(rows, '-f', 'ESRI Shapefile', '-lco', 'ENCODING=UTF-8')(archive);
  await rename(archive, path);
};
const files = {
  'small.csv': ['CSV', csv(145_000)],
  'large.csv': ['CSV', csv(1_450_000)],
  'huge.csv': ['CSV', csv(14_300_000)],
  'small.geojson': ['GeoJSON', geoJson(22_000)],
  'large.geojson': ['GeoJSON', geoJson(220_000)],
  'huge.geojson': ['GeoJSON', geoJson(2_200_000)],
  'small.xlsx': ['XLSX', xlsx(10_000)],
  'large.xlsx': ['XLSX', xlsx(100_000)],
  'small.parquet': ['Parquet', parquet(100_000)],
  'large.parquet': ['Parquet', parquet(1_000_000)],
  'small.zip': ['shapefile', shapefile(45_000)],
  'large.zip': ['shapefile', shapefile(350_000)],
  'huge.zip': ['shapefile', shapefile(1_400_000)],
  'small.gpkg': ['GeoPackage', geopackage(75_000)],
  'large.gpkg': ['GeoPackage', geopackage(750_000)],
  'huge.gpkg': ['GeoPackage', geopackage(3_000_000)],
};

/** Imports one file and returns what it took of memory, in MB. */
async function measure(name, make) {
  let measured;
  await withContest(async ({ product, folder, synchronize }) => {
    const path = join(folder, name);
    await make(path);
    const idleMegabytes = product.peakMegabytes('importer');
    let readerMegabytes = 0;
    const looking = setInterval(() => {
      readerMegabytes = Math.max(readerMegabytes, product.peakMegabytesBelow('importer'));
    }, lookMs);
    const seconds = await synchronize(name).finally(() => clearInterval(looking));
    measured = {
      file: name,
      megabytes: Math.round(statSync(path).size / 1e6),
      seconds: Number(seconds.toFixed(1)),
      idleMegabytes,
      peakMegabytes: product.peakMegabytes('importer'),
      readerMegabytes,
    };
  });
  console.log(JSON.stringify(measured));
  return measured;
}

const curves = {};
for (const [name, [format, make]] of Object.entries(files)) {
  if (chosen !== undefined && !chosen.includes(name)) continue;
  (curves[format] ??= []).push(await measure(name, make));
}
await record('memory', { curves });
await drawCurves('memory', curves);
