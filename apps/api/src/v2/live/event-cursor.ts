import { createHash } from 'node:crypto';

/**
 * Where a watcher is, as the id of an event: everything up to a moment was told, and of what is later than that, what the marks
 * say. Transactions commit in another order than that of their clocks, so the newest moment alone would lose what was
 * under way; and whoever comes back is told nothing twice.
 */
export interface EventCursor {
  /** The latest moment that was told, in microseconds since 1970. */
  readonly newest: number;
  /** Up to here everything was told. */
  readonly floor: number;
  /** What was told of what is later. */
  readonly marks: ReadonlySet<string>;
}

/** A transaction is taken to be committed so long after its clock was read, in microseconds. */
export const settledMicroseconds = 5_000_000;
/** So many marks an id has at most; with more the floor rises. */
const marksMax = 128;
const markCharacters = 6;
const form = /^(\d{1,16})-(\d{1,16})-([\w-]*)$/;

/** What stands for a state of a run: a few characters, different for every other one that is as new. */
export function markOf(runId: string, state: string): string {
  return createHash('sha256').update(`${runId}/${state}`).digest('base64url').slice(0, markCharacters);
}

/** What has been told to one watcher. */
export class ToldEvents {
  private newest: number;
  private floor: number;
  /** With their moments, in the order of telling. */
  private readonly marks = new Map<string, number>();

  constructor({ newest, floor, marks }: EventCursor) {
    this.newest = newest;
    this.floor = floor;
    for (const mark of marks) this.marks.set(mark, newest);
  }

  /** From here on something may not have been told, in microseconds. */
  get from(): number {
    return this.floor;
  }

  has(mark: string, at: number): boolean {
    return at <= this.floor || this.marks.has(mark);
  }

  /** Notes that something was told; returns the id of the event that does. */
  note(mark: string, at: number): string {
    this.marks.set(mark, at);
    this.newest = Math.max(this.newest, at);
    this.settle(this.newest - settledMicroseconds);
    const excess = this.marks.size - marksMax;
    if (excess > 0) this.settle([...this.marks.values()].sort((one, other) => one - other)[excess - 1]!);
    return this.id();
  }

  id(): string {
    return `${this.newest}-${this.floor}-${[...this.marks.keys()].join('')}`;
  }

  private settle(floor: number): void {
    if (floor <= this.floor) return;
    this.floor = floor;
    for (const [mark, at] of this.marks) if (at <= floor) this.marks.delete(mark);
  }
}

/** The cursor in an id; `null` when it is none of ours. */
export function readCursorId(id: string): EventCursor | null {
  const [, newest, floor, marks = ''] = form.exec(id) ?? [];
  if (newest === undefined || floor === undefined || Number(floor) > Number(newest)) return null;
  if (marks.length % markCharacters !== 0 || marks.length > marksMax * markCharacters) return null;
  return { newest: Number(newest), floor: Number(floor), marks: new Set(marks.match(/.{6}/g) ?? []) };
}
