/** Files of other shapes than the long CSV; the same come out on every machine. */
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';

/** Writes pieces of text, a megabyte at a time. */
async function writeText(path, pieces) {
  const out = createWriteStream(path);
  let text = '';
  for (const piece of pieces) {
    text += piece;
    if (text.length > 1 << 20) {
      if (!out.write(text)) await once(out, 'drain');
      text = '';
    }
  }
  out.end(text);
  await finished(out);
}

const kinds = ['residential', 'office', 'retail', 'industrial', 'park', 'school'];
const two = (n) => String(n).padStart(2, '0');

/** A CSV of 60 columns of every type. */
export async function generateWideCsv(rows, path) {
  const cell = [
    (n, c) => n * c,
    (n, c) => ((n * 7919 * c) % 1_000_003) / 100,
    (n, c) => `20${two(n % 25)}-${two(1 + (c % 12))}-${two(1 + (n % 28))}`,
    (n, c) => kinds[(n + c) % kinds.length],
    (n, c) => ((n + c) % 3 === 0 ? '' : `"remark ${n}, ${c}"`),
    (n, c) => (n * c) % 2 === 0,
  ];
  function* lines() {
    yield `${Array.from({ length: 60 }, (_, c) => `field_${c + 1}`).join(',')}\n`;
    for (let n = 1; n <= rows; n++) {
      yield `${Array.from({ length: 60 }, (_, c) => cell[c % cell.length](n, c + 1)).join(',')}\n`;
    }
  }
  await writeText(path, lines());
}

/** A GeoJSON of points with six properties; with a line end after each feature, as most writers do. */
export async function generateGeoJson(features, path) {
  function* pieces() {
    yield '{"type":"FeatureCollection","features":[\n';
    for (let n = 1; n <= features; n++) {
      const longitude = ((n * 7_919) % 3_600_000) / 1e4 - 180;
      const latitude = ((n * 6_007) % 1_700_000) / 1e4 - 85;
      const properties = {
        id: n,
        name: `Building ${n}, block ${n % 26}`,
        kind: kinds[n % kinds.length],
        amount: ((n * 104_729) % 1e8) / 100,
        built_on: `19${two(50 + (n % 50))}-${two(1 + (n % 12))}-${two(1 + (n % 28))}`,
        remarks: n % 2 === 0 ? null : `seen by team ${n % 40}`,
      };
      const geometry = { type: 'Point', coordinates: [longitude, latitude] };
      yield `${n === 1 ? '' : ',\n'}${JSON.stringify({ type: 'Feature', properties, geometry })}`;
    }
    yield '\n]}\n';
  }
  await writeText(path, pieces());
}
