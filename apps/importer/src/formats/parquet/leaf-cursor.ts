import type { ByteRun } from './byte-run.js';
import { DictionaryEntries } from './dictionary-entries.js';
import { unsupportedFile } from './damaged-file.js';
import { HybridNumbers } from './hybrid-numbers.js';
import { encoding, pageKind, type PageHeader } from './page-header.js';
import type { PageMemory, Room } from './page-memory.js';
import { type PackedPage, readPage, spend, type UnpackedBudget } from './page-source.js';
import type { LeafChunk } from './parse-footer.js';
import type { SchemaNode } from './schema-tree.js';
import { openValues, type StoredValues, valueBytes } from './stored-values.js';
import { unpackPage } from './unpack-page.js';

/** No program writes so many pages in a row that have no entries. */
const emptyPagesMax = 1_000;
/** Less than any entry has. */
const behindAll = -1;

/** A file whose pages are read. */
export interface PagedFile {
  /** Its number as the operating system counts open files. */
  readonly file: number;
  /** Where pages end and the footer begins. */
  readonly dataEnd: number;
  readonly budget: UnpackedBudget;
  readonly memory: PageMemory;
}

/**
 * Goes through the entries of one leaf in one group of rows, page by page, so that of each leaf one page is in memory,
 * and one dictionary.
 */
export class LeafCursor {
  /** How much of the path to the entry is there: all of it where there is a value. */
  definition = 0;
  /** At which list the entry goes on; 0 where it begins a row. */
  repetition = 0;
  /** The values; at the entry's own where it has one. */
  values: StoredValues | null = null;
  /** Entries that were not gone to yet. */
  left: number;
  /** Whether it is at an entry, or behind the last one. */
  isBegun = false;

  private readonly definitionMax: number;
  private definitions: HybridNumbers | null = null;
  private repetitions: HybridNumbers | null = null;
  private dictionary: DictionaryEntries | null = null;
  private leftInPage = 0;
  private position: number;

  constructor(
    private readonly pages: PagedFile,
    private readonly leaf: SchemaNode,
    private readonly chunk: LeafChunk,
  ) {
    this.definitionMax = leaf.definition;
    this.left = chunk.entries;
    this.position = chunk.start;
  }

  /** Whether the entry has a value. */
  get hasValue(): boolean {
    return this.definition === this.definitionMax;
  }

  /** Goes to the next entry, or once behind the last one, where a row would begin. @throws as `next` */
  nextOrEnd(): void {
    if (this.left > 0) {
      this.isBegun = true;
      this.next();
      return;
    }
    if (this.definition === behindAll) throw new RangeError('rows are missing');
    this.definition = behindAll;
    this.repetition = 0;
  }

  /** Goes to the next entry. @throws an Error of any kind when it is damaged or there is none, SyncError */
  next(): void {
    if (this.leftInPage === 0) this.openPages();
    this.leftInPage--;
    this.left--;
    if (this.repetitions !== null) {
      this.repetition = this.repetitions.next();
      if (this.repetition > this.leaf.repetitionLevel) throw new RangeError('a level is too deep');
    }
    this.definition = this.definitions === null ? this.definitionMax : this.definitions.next();
    if (this.definition === this.definitionMax) this.values!.next();
    else if (this.definition > this.definitionMax) throw new RangeError('a level is too deep');
  }

  /** Opens pages up to one that has entries. */
  private openPages(): void {
    for (let opened = 0; this.leftInPage === 0; opened++) {
      if (opened > emptyPagesMax) throw new RangeError('there are too many empty pages');
      this.openPage();
    }
  }

  private openPage(): void {
    if (this.left <= 0) throw new RangeError('rows are missing');
    const page = readPage(this.pages.file, this.position, this.pages.dataEnd);
    const { kind, headerBytes, packedBytes, entries } = page.header;
    this.position += headerBytes + packedBytes;
    if (kind === pageKind.dictionary) this.openDictionary(page);
    else if (kind === pageKind.data || kind === pageKind.dataSecond) {
      if (entries > this.left) throw new RangeError('a page has too many values');
      if (kind === pageKind.data) this.openFirstKind(page);
      else this.openSecondKind(page);
      this.leftInPage = entries;
    }
  }

  private openDictionary({ header, packed }: PackedPage): void {
    const { bytes, entries } = header;
    if (this.dictionary !== null) throw new RangeError('there are two dictionaries');
    if (this.leaf.storedType === 'BOOLEAN') throw new RangeError('yes and no have no dictionary');
    if (header.encoding !== encoding.plain && header.encoding !== encoding.plainDictionary) {
      throw unsupportedFile('whose dictionary is encoded in an unknown way');
    }
    const width = valueBytes(this.leaf);
    const { memory, budget } = this.pages;
    spend(budget, bytes);
    const room = memory.lastingRoom(bytes, DictionaryEntries.memoryBytes(bytes, entries, width));
    unpackPage(this.chunk.codec, packed, room.out);
    this.dictionary = new DictionaryEntries(room.finish(), entries, width);
  }

  /** The levels stand packed before the values, with their lengths. */
  private openFirstKind({ header, packed }: PackedPage): void {
    const room = this.roomFor(header.bytes);
    unpackPage(this.chunk.codec, packed, room.out);
    const run = room.finish();
    this.repetitions = this.lengthedLevels(run, this.leaf.repetitionLevel, header.repetitionEncoding);
    this.definitions = this.lengthedLevels(run, this.definitionMax, header.definitionEncoding);
    this.openValues(header, run);
  }

  private lengthedLevels(run: ByteRun, levelMax: number, how: number): HybridNumbers | null {
    if (levelMax === 0) return null;
    if (how !== encoding.rle) throw unsupportedFile('whose levels are encoded in an outdated way');
    return new HybridNumbers(run.part(run.uint32()), widthOf(levelMax));
  }

  /** The levels stand before the packed values, and are not packed themselves. */
  private openSecondKind({ header, packed }: PackedPage): void {
    const { repetitionBytes, definitionBytes, isPacked, bytes } = header;
    const levelsBytes = repetitionBytes + definitionBytes;
    if (levelsBytes > Math.min(packed.length, bytes))
      throw new RangeError('the levels do not lie in their page');
    const room = this.roomFor(bytes);
    packed.copy(room.out, 0, 0, levelsBytes);
    unpackPage(isPacked ? this.chunk.codec : 0, packed.subarray(levelsBytes), room.out.subarray(levelsBytes));
    const run = room.finish();
    this.repetitions = levelsIn(run.part(repetitionBytes), this.leaf.repetitionLevel);
    this.definitions = levelsIn(run.part(definitionBytes), this.definitionMax);
    this.openValues(header, run);
  }

  private roomFor(bytes: number): Room {
    spend(this.pages.budget, bytes);
    return this.pages.memory.pageRoom(this.leaf.firstLeaf, bytes);
  }

  private openValues(header: PageHeader, run: ByteRun): void {
    this.values = openValues(this.leaf, header.encoding, run, this.dictionary);
  }
}

function levelsIn(run: ByteRun, levelMax: number): HybridNumbers | null {
  return levelMax === 0 ? null : new HybridNumbers(run, widthOf(levelMax));
}

/** How many bits a level may take. */
function widthOf(levelMax: number): number {
  return 32 - Math.clz32(levelMax);
}
