/**
 * Files of other formats, from a request to a table with key, geometry and indexes, each against ogr2ogr from the
 * local file with COPY, its own type detection, geometry and index.
 *
 * Usage: npm run bench:formats [-- ROUNDS [FORMAT,…]]
 */
import { statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { run, withContest } from './contest.mjs';
import { generateGeoJson, generateWideCsv } from './generate-wide.mjs';
import { generateXlsx } from './generate-xlsx.mjs';
import { race, record, summarize, timed } from './measure.mjs';

const rounds = Number(process.argv[2] ?? 5);
const chosen = process.argv[3]?.split(',');
const features = 200_000;
const rows = 100_000;

/** What ogr2ogr is told to read each as well as it can. */
const csvOptions = ['-oo', 'AUTODETECT_TYPE=YES'];
const formats = {
  'CSV of 60 columns': {
    file: 'wide.csv',
    rows,
    make: (folder) => generateWideCsv(rows, join(folder, 'wide.csv')),
    options: csvOptions,
  },
  GeoJSON: {
    file: 'points.geojson',
    rows: features,
    isSpatial: true,
    make: (folder) => generateGeoJson(features, join(folder, 'points.geojson')),
  },
  'zipped shapefile': {
    file: 'points.zip',
    rows: features,
    isSpatial: true,
    make: async (folder) => {
      await withGeoJson(folder, (source) =>
        run('ogr2ogr', [
          '-f',
          'ESRI Shapefile',
          '-lco',
          'ENCODING=UTF-8',
          join(folder, 'points.shz'),
          source,
        ]),
      );
      await run('mv', [join(folder, 'points.shz'), join(folder, 'points.zip')]);
    },
    read: (path) => `/vsizip/${path}`,
  },
  XLSX: {
    file: 'rows.xlsx',
    rows,
    make: (folder) => generateXlsx(rows, join(folder, 'rows.xlsx')),
  },
  GeoPackage: {
    file: 'points.gpkg',
    rows: features,
    isSpatial: true,
    make: (folder) =>
      withGeoJson(folder, (source) => run('ogr2ogr', ['-f', 'GPKG', join(folder, 'points.gpkg'), source])),
  },
};

async function withGeoJson(folder, work) {
  const source = join(folder, 'source.geojson');
  await generateGeoJson(features, source);
  await work(source);
  await rm(source);
}

const results = {};
await withContest(async ({ product, folder, psql, ogrConnection, settle, synchronize, table, tableName }) => {
  for (const [
    name,
    { file, make, options = [], read = (path) => path, isSpatial, ...expected },
  ] of Object.entries(formats)) {
    if (chosen !== undefined && !chosen.includes(name)) continue;
    console.log(`— ${name}`);
    await make(folder);
    const path = join(folder, file);
    const megabytes = Number((statSync(path).size / 1e6).toFixed(1));
    let lastImport;
    const seconds = await race(
      {
        tidetable: async () => {
          await settle();
          const took = await synchronize(file);
          lastImport = await product.lastReport(tableName());
          const held = await psql(`SELECT count(*), count(the_geom) FROM ${table()}`);
          if (held !== `${expected.rows}|${isSpatial ? expected.rows : held.split('|')[1]}`) {
            throw new Error(`the table holds ${held}`);
          }
          return took;
        },
        ogr2ogr: async () => {
          await settle();
          return timed(() =>
            run('ogr2ogr', [
              '--config', 'PG_USE_COPY', 'YES', '-f', 'PostgreSQL', ogrConnection, read(path), ...options,
              '-nln', 'by_ogr', '-lco', 'GEOMETRY_NAME=the_geom',
            ]),
          ); // prettier-ignore
        },
      },
      rounds,
    );
    results[name] = { rows: expected.rows, megabytes, ...summarize(seconds, 'tidetable'), lastImport };
    await rm(path);
  }
  await record('formats', {
    rounds,
    results,
    importerPeakMegabytes: product.peakMegabytes('importer'),
  });
});
