import type { PageHeader } from 'hyparquet';
import type { readPage } from 'hyparquet/src/column.js';
import { convert } from 'hyparquet/src/convert.js';
import { decompressPage, readDataPage, readDataPageV2 } from 'hyparquet/src/datapage.js';
import { damagedFile } from './damaged-file.js';

/** What the values of a leaf are decoded with. */
export type LeafDecoder = Parameters<typeof readPage>[2];

/**
 * The values of a page of a column that is no list and not part of anything. They stay as packed as they came, since a
 * page of few different values has as many as a group of rows has, which may be millions.
 */
export class FlatPage {
  private row = 0;
  private value = 0;

  constructor(
    private readonly rows: number,
    /** Whether each row has a value; `null` when all have. */
    private readonly isThere: Uint8Array | null,
    /** The values of the rows that have one, or their numbers in the dictionary. */
    private readonly values: ArrayLike<unknown>,
    private readonly dictionary: ArrayLike<unknown> | null,
  ) {}

  get left(): number {
    return this.rows - this.row;
  }

  /** The values of the next rows, of which so many are left; `null` where there is none. */
  take(count: number): unknown[] {
    const { isThere, values, dictionary } = this;
    const taken: unknown[] = [];
    for (const end = this.row + count; this.row < end; this.row++) {
      if (isThere !== null && isThere[this.row] === 0) {
        taken.push(null);
        continue;
      }
      const value = values[this.value++];
      const meant = dictionary === null ? value : dictionary[value as number];
      if (meant === undefined) throw damagedFile(undefined);
      taken.push(meant);
    }
    return taken;
  }
}

/** Decodes a page of data. @throws whatever comes to the decoder's mind when it is damaged */
export function decodeFlatPage(
  header: PageHeader,
  page: Buffer,
  decoder: LeafDecoder,
  dictionary: ArrayLike<unknown> | undefined,
): FlatPage {
  const first = header.data_page_header;
  const second = header.data_page_header_v2;
  const { definitionLevels, dataPage } =
    first === undefined
      ? readDataPageV2(page, header, decoder)
      : readDataPage(
          decompressPage(page, header.uncompressed_page_size, decoder.codec, decoder.compressors),
          first,
          decoder,
        );
  const { num_values: rows, encoding } = (first ?? second)!;
  // The only level there can be is the column's own.
  const levels: ArrayLike<number> = definitionLevels ?? [];
  const isThere = levels.length === 0 ? null : Uint8Array.from(levels);
  if (encoding.endsWith('_DICTIONARY')) {
    if (dictionary === undefined) throw damagedFile(undefined);
    return new FlatPage(rows, isThere, Uint32Array.from(dataPage as ArrayLike<number>), dictionary);
  }
  return new FlatPage(rows, isThere, convert(dataPage, decoder), null);
}
