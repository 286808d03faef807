import type { FileHandle } from 'node:fs/promises';
import { SyncError } from '@tidetable/contracts';
import type { ColumnMetaData, DecodedArray, PageHeader, SchemaTree } from 'hyparquet';
import { parquetHeader, readPage } from 'hyparquet/src/column.js';
import { convert, DEFAULT_PARSERS } from 'hyparquet/src/convert.js';
import { getMaxRepetitionLevel, getTreePath } from 'hyparquet/src/schema.js';
import { damagedFile, decoding } from './damaged-file.js';
import { decompressors } from './decompress-page.js';
import { decodeFlatPage, type FlatPage, type LeafDecoder } from './flat-page.js';
import { readBytes } from './read-footer.js';

/** A page is about a megabyte in nearly all files; it has to be in memory as a whole. */
const pageBytesMax = 64 * 1024 * 1024;
/** Headers with statistics of long texts are larger than most. */
const headerBytes = 1_024;
const headerBytesMax = 16 * 1024 * 1024;

/** Where the values of a leaf column lie in a group of rows. */
export interface LeafChunk {
  readonly metadata: ColumnMetaData;
  readonly rows: number;
}

type Values = DecodedArray | unknown[];

/**
 * Reads the values of one leaf of the schema in one group of rows, page by page, so that of each leaf one page is in
 * memory. Values come as they are stored; where the leaf is part of a list, a value is the list.
 */
export class LeafReader {
  /** Values that were decoded, from the first that was not taken. */
  private values: Values = [];
  private taken = 0;
  private dictionary: DecodedArray | undefined;
  private position: number;
  private readonly end: number;
  private rowsLeft: number;
  private valuesLeft: number;
  private readonly isRepeated: boolean;
  /** Where the column is the leaf itself, its page is all that is needed. */
  private readonly isFlat: boolean;
  private page: FlatPage | null = null;
  private readonly decoder: LeafDecoder;

  constructor(
    private readonly file: FileHandle,
    schema: SchemaTree,
    { metadata, rows }: LeafChunk,
  ) {
    const path = decoding(() => getTreePath(schema, metadata.path_in_schema));
    const element = path.at(-1)!.element;
    // Without what it means, a value comes as it is stored, and nothing of it is lost.
    const { converted_type: _converted, logical_type: _logical, ...stored } = element;
    this.isRepeated = getMaxRepetitionLevel(path) > 0;
    this.isFlat = path.length === 2 && !this.isRepeated;
    this.decoder = {
      pathInSchema: metadata.path_in_schema,
      type: metadata.type,
      codec: metadata.codec,
      element: stored,
      schemaPath: path,
      utf8: false,
      compressors: decompressors,
      parsers: { ...DEFAULT_PARSERS, timestampFromNanoseconds: (nanoseconds: bigint) => nanoseconds },
    };
    const offsets = [metadata.data_page_offset, metadata.dictionary_page_offset].filter(
      (offset): offset is bigint => offset !== undefined && offset > 0n,
    );
    this.position = Math.min(...offsets.map(Number));
    this.end = this.position + Number(metadata.total_compressed_size);
    this.rowsLeft = rows;
    this.valuesLeft = Number(metadata.num_values);
  }

  /** How many values can be taken at once; reads pages until it is at least one, or nothing is left. */
  async available(): Promise<number> {
    while (this.ready() === 0 && this.position < this.end && this.valuesLeft > 0) await this.readPage();
    return Math.min(this.ready(), this.rowsLeft);
  }

  /** Takes the next values, of which there are so many. */
  take(count: number): Values {
    this.rowsLeft -= count;
    if (this.isFlat) return this.page?.take(count) ?? [];
    const values = this.values.slice(this.taken, this.taken + count);
    this.taken += count;
    return values;
  }

  /** The last list may go on in the next page. */
  private ready(): number {
    if (this.isFlat) return this.page?.left ?? 0;
    const isOpen = this.isRepeated && this.valuesLeft > 0 && this.position < this.end;
    return Math.max(0, this.values.length - this.taken - (isOpen ? 1 : 0));
  }

  private async readPage(): Promise<void> {
    const { header, bytes } = await this.readHeader();
    const start = this.position + bytes;
    if (header.compressed_page_size < 0 || start + header.compressed_page_size > this.end) {
      throw damagedFile(undefined);
    }
    if (Math.max(header.compressed_page_size, header.uncompressed_page_size) > pageBytesMax) {
      throw new SyncError('file-too-large', 'it is a Parquet file with a page beyond 64 MiB');
    }
    this.position = start + header.compressed_page_size;
    const isData = header.type === 'DATA_PAGE' || header.type === 'DATA_PAGE_V2';
    if (!isData && header.type !== 'DICTIONARY_PAGE') return;
    const count = valuesOf(header);
    // Each value is at least an entry of a list; so many must not be made for a damaged page.
    if (count < 0 || (isData && count > this.valuesLeft) || count > pageBytesMax)
      throw damagedFile(undefined);
    const page = await readBytes(this.file, start, header.compressed_page_size);
    decoding(() => this.decode(header, page, isData));
    if (isData) this.valuesLeft -= count;
  }

  private decode(header: PageHeader, page: Buffer, isData: boolean): void {
    if (this.isFlat && isData) {
      this.page = decodeFlatPage(header, page, this.decoder, this.dictionary);
      return;
    }
    const rest =
      this.values.length > this.taken ? Array.from(this.values.slice(this.taken) as unknown[]) : [];
    const view = new DataView(page.buffer, page.byteOffset, page.length);
    const continued = this.isRepeated ? rest : undefined;
    const { data } = readPage({ view, offset: 0 }, header, this.decoder, this.dictionary, continued, 0);
    if (!isData) {
      this.dictionary = data === undefined ? undefined : convert(data, this.decoder);
      return;
    }
    this.taken = 0;
    this.values = data ?? rest;
  }

  private async readHeader(): Promise<{ header: PageHeader; bytes: number }> {
    for (let wanted = headerBytes; ; wanted *= 16) {
      const length = Math.min(wanted, this.end - this.position);
      const start = await readBytes(this.file, this.position, length);
      const reader = { view: new DataView(start.buffer, start.byteOffset, length), offset: 0 };
      try {
        return { header: parquetHeader(reader), bytes: reader.offset };
      } catch (error) {
        if (length < wanted || wanted > headerBytesMax) throw damagedFile(error);
      }
    }
  }
}

function valuesOf(header: PageHeader): number {
  return Number(
    header.data_page_header?.num_values ??
      header.data_page_header_v2?.num_values ??
      header.dictionary_page_header?.num_values ??
      -1,
  );
}
