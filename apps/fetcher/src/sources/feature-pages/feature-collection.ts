import { Readable } from 'node:stream';
import { fileTooLarge } from '../../download/read-content.js';

/** What is written at once, in bytes: many features are small. */
const pieceBytes = 64 * 1024;

/**
 * One GeoJSON FeatureCollection out of features that come page by page; one page is in memory at a time. `ending`
 * is asked once all pages are there, for members that belong behind the features. Fails as the pages do.
 */
export function featureCollection(
  pages: AsyncIterable<readonly Buffer[]>,
  fileBytesMax: number,
  ending: () => string = () => '',
): Readable {
  const content = Readable.from(write(pages, fileBytesMax, ending), { objectMode: false });
  // Who reads hears of a failure; before anybody does, it must not bring the process down.
  content.on('error', () => undefined);
  return content;
}

async function* write(
  pages: AsyncIterable<readonly Buffer[]>,
  fileBytesMax: number,
  ending: () => string,
): AsyncGenerator<Buffer> {
  let pieces: Buffer[] = [Buffer.from('{"type":"FeatureCollection","features":[')];
  let bytes = 0;
  let written = 0;
  let separator = '\n';
  for await (const features of pages) {
    for (const feature of features) {
      pieces.push(Buffer.from(separator), feature);
      separator = ',\n';
      bytes += feature.length + 2;
      if (bytes < pieceBytes) continue;
      written += bytes;
      if (written > fileBytesMax) throw fileTooLarge(fileBytesMax);
      yield Buffer.concat(pieces);
      pieces = [];
      bytes = 0;
    }
  }
  yield Buffer.concat([...pieces, Buffer.from(`\n]${ending()}}\n`)]);
}
