import { describe, expect, it } from '@jest/globals';
import { markOf, readCursorId, settledMicroseconds, ToldEvents } from './event-cursor.js';

const start = 1_764_000_000_000_000;
const told = (): ToldEvents => new ToldEvents({ newest: start, floor: start, marks: new Set() });

describe('the place of a watcher', () => {
  it('survives as the id of an event, with what was told and what was not', () => {
    const before = told();
    before.note(markOf('a', 'queued'), start + 1_000);
    const id = before.note(markOf('b', 'queued'), start + 2_000);
    const after = new ToldEvents(readCursorId(id)!);
    expect(after.has(markOf('a', 'queued'), start + 1_000)).toBe(true);
    expect(after.has(markOf('b', 'queued'), start + 2_000)).toBe(true);
    // Committed late: its clock was read before that of what was told.
    expect(after.has(markOf('c', 'queued'), start + 1_500)).toBe(false);
    expect(after.has(markOf('b', 'syncing'), start + 3_000)).toBe(false);
    expect(after.from).toBe(start);
  });

  it('forgets what is settled, so that ids stay short', () => {
    const events = told();
    events.note(markOf('a', 'queued'), start + 1_000);
    const id = events.note(markOf('b', 'queued'), start + 1_000 + settledMicroseconds);
    expect(events.from).toBe(start + 1_000);
    expect(readCursorId(id)?.marks).toEqual(new Set([markOf('b', 'queued')]));
    expect(events.has(markOf('a', 'queued'), start + 1_000)).toBe(true);
  });

  it('has an id of bounded length, however much happens at once', () => {
    const events = told();
    let id = '';
    for (let run = 1; run <= 1_000; run += 1) id = events.note(markOf(String(run), 'queued'), start + run);
    expect(id.length).toBeLessThan(900);
    const again = new ToldEvents(readCursorId(id)!);
    const isTold = Array.from({ length: 1_000 }, (_, at) =>
      again.has(markOf(String(at + 1), 'queued'), start + at + 1),
    );
    expect(isTold).not.toContain(false);
  });

  it.each(['', '1', 'x-1-', '1-2-', '5-1-abc', '-1-1-', `5-1-${'x'.repeat(6_000)}`, '99999999999999999-1-'])(
    'is nowhere with the id %j',
    (id) => {
      expect(readCursorId(id)).toBeNull();
    },
  );
});
