import { writeSync } from 'node:fs';
import { ByteRun } from './byte-run.js';
import { SpilledRun } from './spilled-run.js';

/** What unpacked pages may take of memory. */
export interface PageMemoryLimits {
  /** Pages and dictionaries of all columns together. */
  readonly pagesBytesMax: number;
  /** The window of a page that is not in memory. */
  readonly windowBytesMax: number;
}

const ownLimits: PageMemoryLimits = { pagesBytesMax: 24 * 1024 * 1024, windowBytesMax: 64 * 1024 };
/** What windows of all columns may take together, about; they are never too small to be of use. */
const windowsBytesMax = 8 * 1024 * 1024;
const windowBytesMin = 2 * 1024;
/** What is larger is not kept for the next page that is put away. */
const roomKeptBytesMax = 4 * 1024 * 1024;

/** A place in the file where pages of one column are put, one after the other. */
interface Region {
  start: number;
  bytes: number;
}

/** Where pages are unpacked to. */
export interface Room {
  readonly out: Buffer;
  /** The bytes once they are unpacked; where the room is needed for the next page they are put away. */
  finish(): ByteRun;
}

/**
 * Keeps unpacked pages: in memory while there is room, else behind the end of the scratch file, of which a window is read
 * at a time. So the memory is bounded however many columns there are, and however large their pages.
 */
export class PageMemory {
  private used = 0;
  private readonly rooms: (Buffer | undefined)[] = [];
  private readonly regions: Region[] = [];
  private spillEnd: number;
  /** Where pages are unpacked to that are put away at once. */
  private away: Buffer = Buffer.alloc(0);
  private readonly windowBytes: number;

  constructor(
    private readonly file: number,
    /** From where on the file is ours. */
    private readonly spillStart: number,
    leavesCount: number,
    private readonly limits = ownLimits,
  ) {
    this.spillEnd = spillStart;
    const share = Math.floor(windowsBytesMax / Math.max(1, leavesCount));
    this.windowBytes = Math.min(limits.windowBytesMax, Math.max(windowBytesMin, share));
  }

  /** Forgets everything but the memory that rooms have, since other rows come. */
  forget(): void {
    this.used = this.rooms.reduce((sum, room) => sum + (room?.length ?? 0), 0);
    this.regions.length = 0;
    this.spillEnd = this.spillStart;
  }

  /** Room for the page that a leaf has after the one before, which is not needed any more. */
  pageRoom(leaf: number, bytes: number): Room {
    const kept = this.rooms[leaf];
    if (kept !== undefined && kept.length >= bytes) return inMemory(kept, bytes);
    this.used -= kept?.length ?? 0;
    this.rooms[leaf] = undefined;
    if (this.used + bytes > this.limits.pagesBytesMax) return this.putAway(leaf, bytes);
    const room = Buffer.allocUnsafeSlow(bytes);
    this.rooms[leaf] = room;
    this.used += bytes;
    return inMemory(room, bytes);
  }

  /** Room for what stays until other rows come: `inMemory` bytes of it if it is not put away. */
  lastingRoom(bytes: number, inMemoryBytes: number): Room {
    if (this.used + inMemoryBytes > this.limits.pagesBytesMax) return this.putAway(null, bytes);
    this.used += inMemoryBytes;
    return inMemory(Buffer.allocUnsafeSlow(bytes), bytes);
  }

  private putAway(leaf: number | null, bytes: number): Room {
    const out = this.awayRoom(bytes);
    return {
      out,
      finish: () => {
        const start = this.regionFor(leaf, bytes);
        for (let written = 0; written < bytes;) {
          written += writeSync(this.file, out, written, bytes - written, start + written);
        }
        return new SpilledRun(this.file, start, start + bytes, this.windowBytes);
      },
    };
  }

  private awayRoom(bytes: number): Buffer {
    if (bytes > roomKeptBytesMax) return Buffer.allocUnsafeSlow(bytes);
    if (bytes > this.away.length) this.away = Buffer.allocUnsafeSlow(bytes);
    return this.away.subarray(0, bytes);
  }

  private regionFor(leaf: number | null, bytes: number): number {
    const own = leaf === null ? undefined : this.regions[leaf];
    if (own !== undefined && own.bytes >= bytes) return own.start;
    const region = { start: this.spillEnd, bytes };
    this.spillEnd += bytes;
    if (leaf !== null) this.regions[leaf] = region;
    return region.start;
  }
}

function inMemory(room: Buffer, bytes: number): Room {
  return { out: room.subarray(0, bytes), finish: () => new ByteRun(room, 0, bytes) };
}
