import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { collection, feature, makeFiles, point, zipOf } from './geo-files.js';
import { createImporterWorld, type ImporterWorld, nothingLeft } from './importer-world.js';

const run = promisify(execFile);
const secret = 'hidden treasure';

let world: ImporterWorld;
let folder: string;
let listener: Server;
let connections = 0;

beforeAll(async () => {
  world = await createImporterWorld();
  folder = await mkdtemp(join(tmpdir(), 'tidetable-hostile-'));
  await writeFile(join(folder, 'secret.csv'), `${secret},1\n`);
  await writeFile(
    join(folder, 'secret.kml'),
    `<kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><name>${secret}</name><Point><coordinates>1,2</coordinates></Point></Placemark></kml>`,
  );
  listener = createServer((socket) => {
    connections++;
    socket.destroy();
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  expect(await world.leftovers()).toEqual(nothingLeft);
});

afterAll(async () => {
  await world.stop();
  await new Promise<void>((resolve) => listener.close(() => resolve()));
  await rm(folder, { recursive: true, force: true });
});

const address = (name: string): string =>
  `http://127.0.0.1:${(listener.address() as { port: number }).port}/${name}`;

/** A GeoPackage to which these statements have been done. */
async function geopackage(...statements: string[]): Promise<Buffer> {
  const files = await makeFiles('GPKG', 'a.gpkg', collection(feature({ a: 1 }, point(1, 2))), '-nln', 'zz');
  const path = join(folder, 'a.gpkg');
  await writeFile(path, files.get('a.gpkg')!);
  for (const statement of statements) await run('ogrinfo', [path, '-sql', statement]);
  return readFile(path);
}

const registered = `INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES ('aa', 'attributes', 'aa', 0)`;
const placemark = '<Placemark><name>p</name><Point><coordinates>1,2</coordinates></Point></Placemark>';
const gmlFeature =
  '<gml:featureMember><t:a fid="1"><t:n>x</t:n><t:g><gml:Point srsName="EPSG:4326"><gml:pos>1 2</gml:pos></gml:Point></t:g></t:a></gml:featureMember>';
const gml = (attributes: string, content: string, prolog = ''): string =>
  `<?xml version="1.0"?>${prolog}<t:c xmlns:t="http://t" xmlns:gml="http://www.opengis.net/gml" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ${attributes}>${content}</t:c>`;

describe('a file that names other files or addresses gets neither', () => {
  it.each<[string, () => Buffer | string | Promise<Buffer>]>([
    [
      'a GeoPackage whose table is a text file of this machine',
      () =>
        geopackage(
          `CREATE VIRTUAL TABLE aa USING VirtualText('${folder}/secret.csv', 'UTF-8', 0, POINT, DOUBLEQUOTE, ',')`,
          registered,
        ),
    ],
    [
      'a GeoPackage with a view of such a table',
      () =>
        geopackage(
          `CREATE VIRTUAL TABLE v USING VirtualText('${folder}/secret.csv', 'UTF-8', 0, POINT, DOUBLEQUOTE, ',')`,
          'CREATE VIEW aa AS SELECT * FROM v',
          registered,
        ),
    ],
    [
      'a GeoPackage with a view that asks the network',
      () =>
        geopackage(
          // GDAL does not open it any more once the view is there.
          registered,
          `CREATE VIEW aa AS SELECT 1 AS id, ogr_geocode('x', 'geometry', 'QUERY_TEMPLATE=${address('%s')}') AS g`,
        ),
    ],
    [
      'a GeoPackage with a view that reads a file',
      () =>
        geopackage(`CREATE VIEW aa AS SELECT 1 AS id, BlobFromFile('${folder}/secret.csv') AS g`, registered),
    ],
    [
      'KML with links to others',
      () =>
        `<kml xmlns="http://www.opengis.net/kml/2.2"><Document>${placemark}${[address('a.kml'), `file://${folder}/secret.kml`, `${folder}/secret.kml`].map((href) => `<NetworkLink><Link><href>${href}</href></Link></NetworkLink>`).join('')}</Document></kml>`,
    ],
    [
      'KML with entities from elsewhere',
      () =>
        `<?xml version="1.0"?><!DOCTYPE kml SYSTEM "${address('kml.dtd')}" [<!ENTITY s SYSTEM "file://${folder}/secret.csv">]><kml xmlns="http://www.opengis.net/kml/2.2"><Document>${placemark.replace('>p<', '>&s;<')}</Document></kml>`,
    ],
    [
      'KMZ with links to others',
      () =>
        zipOf(
          new Map([
            [
              'doc.kml',
              `<kml xmlns="http://www.opengis.net/kml/2.2"><Document>${placemark}<Region/><NetworkLink><Link><href>${folder}/secret.kml</href></Link></NetworkLink></Document></kml>`,
            ],
          ]),
        ),
    ],
    [
      'GML with schemas elsewhere',
      () =>
        gml(
          `xsi:schemaLocation="http://t ${address('t.xsd')} http://u file://${folder}/secret.kml"`,
          gmlFeature,
        ),
    ],
    [
      'GML with links to others',
      () =>
        gml(
          '',
          `${gmlFeature}<gml:featureMember xlink:href="${address('f.gml')}#a"/><gml:featureMember xlink:href="${folder}/secret.kml#a"/>`,
        ),
    ],
    [
      'GML with entities from elsewhere',
      () =>
        gml(
          '',
          gmlFeature.replace('>x<', '>&s;<'),
          `<!DOCTYPE c [<!ENTITY s SYSTEM "file://${folder}/secret.csv">]>`,
        ),
    ],
    [
      'GPX with entities from elsewhere',
      () =>
        `<?xml version="1.0"?><!DOCTYPE gpx [<!ENTITY s SYSTEM "file://${folder}/secret.csv">]><gpx version="1.1" creator="t" xmlns="http://www.topografix.com/GPX/1/1"><wpt lat="1" lon="2"><name>&s;</name></wpt></gpx>`,
    ],
    [
      'OSM with entities from elsewhere',
      () =>
        `<?xml version="1.0"?><!DOCTYPE osm [<!ENTITY s SYSTEM "${folder}/secret.csv">]><osm version="0.6"><node id="1" lat="1" lon="2" version="1"><tag k="name" v="n"/><tag k="note" v="&s;"/></node></osm>`,
    ],
    [
      'GeoJSON with a reference system behind an address',
      () =>
        JSON.stringify({
          ...collection(feature({ a: 1 }, point(1, 2))),
          crs: { type: 'link', properties: { href: address('crs'), type: 'proj4' } },
        }),
    ],
    [
      'a MapInfo table that is a view of others',
      () =>
        zipOf(
          new Map([
            [
              'a.tab',
              `!table\n!version 100\nOpen Table "${folder}/secret" Hide\nCreate View a As Select * From secret\n`,
            ],
          ]),
        ),
    ],
  ])('%s', async (_what, make) => {
    const staged = await world.stage(await make());
    await world.import(staged);
    const event = await world.finished(staged);
    const rows =
      event.outcome === 'imported' ? await world.sql(`SELECT * FROM demo.${event.report.table}`) : [];
    expect(JSON.stringify([event, rows])).not.toContain(secret);
    expect(connections).toBe(0);
  });
});
