/**
 * Writes a CSV file like those of open-data portals: ids, quoted names with commas, quotes and accents, dates,
 * times, booleans, amounts, coordinates and gaps. The same rows come out for the same count, on every machine.
 *
 * Usage: node generate-csv.mjs ROWS FILE
 */
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';

const streets = [
  'Calle de Alcalá',
  'Rue "du Port"',
  'Hafenstraße',
  'High Street',
  'Via Roma',
  'Øvregaten',
  'Karl-Marx-Allee',
];
const kinds = ['residential', 'office', 'retail', 'industrial', 'park', 'school'];

/** A small generator of uniform numbers (mulberry32), so that the file is the same everywhere. */
function random(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const two = (n) => String(n).padStart(2, '0');

export async function generateCsv(rows, path) {
  const next = random(42);
  const out = createWriteStream(path);
  let text = 'id,name,address,kind,postcode,latitude,longitude,built_on,inspected_at,active,amount,remarks\n';
  for (let i = 1; i <= rows; i++) {
    const year = 1950 + Math.floor(next() * 75);
    const month = two(1 + Math.floor(next() * 12));
    const day = two(1 + Math.floor(next() * 28));
    const name = `"Building ${i}, block ${String.fromCharCode(65 + (i % 26))}"`;
    const address = `"${streets[i % streets.length].replaceAll('"', '""')} ${1 + Math.floor(next() * 300)}"`;
    const postcode = String(Math.floor(next() * 100000)).padStart(5, '0');
    const latitude = (next() * 170 - 85).toFixed(6);
    const longitude = (next() * 360 - 180).toFixed(6);
    const builtOn = next() < 0.1 ? '' : `${year}-${month}-${day}`;
    const inspectedAt =
      next() < 0.2
        ? ''
        : `20${two(10 + (i % 15))}-${month}-${day} ${two(i % 24)}:${two(i % 60)}:${two((i * 7) % 60)}`;
    const amount = next() < 0.05 ? '' : (next() * 1000000).toFixed(2);
    const remarks = next() < 0.5 ? '' : `seen by team ${1 + Math.floor(next() * 40)}`;
    text += `${i},${name},${address},${kinds[i % 6]},${postcode},${latitude},${longitude},${builtOn},${inspectedAt},${next() < 0.7},${amount},${remarks}\n`;
    if (text.length > 1 << 20) {
      if (!out.write(text)) await once(out, 'drain');
      text = '';
    }
  }
  out.end(text);
  await finished(out);
}

if (process.argv[1] === import.meta.filename) {
  await generateCsv(Number(process.argv[2]), process.argv[3]);
}
