import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { WaitingRoom } from './waiting-room.js';

/** What is waited for is there after the microtasks that are due. */
const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
};

describe('the waiting room', () => {
  let room: WaitingRoom<number>;
  const batches: (number[] | null)[] = [];
  beforeEach(() => {
    jest.useFakeTimers();
    room = new WaitingRoom(3, 10);
    batches.length = 0;
  });
  afterEach(() => {
    jest.useRealTimers();
  });
  const take = (): void => void room.next().then((batch) => batches.push(batch));
  const enter = (...all: number[]): void => all.forEach((one) => room.enter(one));

  it('hands out what has gathered once the time for that is over, and not before', async () => {
    take();
    enter(1, 2);
    jest.advanceTimersByTime(9);
    await settled();
    expect(batches).toEqual([]);
    jest.advanceTimersByTime(1);
    await settled();
    expect(batches).toEqual([[1, 2]]);
  });

  it('hands out a full batch at once, and the rest without gathering again', async () => {
    enter(1, 2, 3, 4);
    take();
    take();
    await settled();
    expect(batches).toEqual([[1, 2, 3], [4]]);
  });

  it('gives each thing to one of those who ask at the same time', async () => {
    take();
    take();
    take();
    enter(1, 2, 3, 4, 5, 6, 7);
    jest.advanceTimersByTime(10);
    await settled();
    expect(batches.flat().sort()).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('has room again once less than a batch waits', async () => {
    enter(1, 2, 3);
    let hasRoom = false;
    void room.hasRoom().then(() => (hasRoom = true));
    await settled();
    expect(hasRoom).toBe(false);
    take();
    await settled();
    expect(hasRoom).toBe(true);
  });

  it('returns what waits when it closes, and lets nobody wait any longer', async () => {
    take();
    take();
    enter(1);
    expect(room.close()).toEqual([1]);
    jest.advanceTimersByTime(10);
    await Promise.all([room.hasRoom(), settled()]);
    expect(batches).toEqual([null, null]);
  });
});
