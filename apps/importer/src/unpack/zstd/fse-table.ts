const accuracyMin = 5;

/** A table of finite state entropy: for each state its symbol, and how the next state is found. */
export interface FseTable {
  readonly accuracy: number;
  readonly symbols: Uint8Array;
  /** How many bits are added to which base. */
  readonly bits: Uint8Array;
  readonly bases: Uint16Array;
}

/** Makes the table for shares of so many states; -1 is a symbol of less than one. @throws RangeError */
export function buildFseTable(shares: readonly number[], accuracy: number): FseTable {
  const size = 1 << accuracy;
  const symbols = new Uint8Array(size);
  const bits = new Uint8Array(size);
  const bases = new Uint16Array(size);
  const next = new Uint16Array(shares.length);
  let high = size;
  shares.forEach((share, symbol) => {
    next[symbol] = Math.abs(share);
    if (share === -1 && high > 0) symbols[--high] = symbol;
  });
  const step = (size >> 1) + (size >> 3) + 3;
  let at = 0;
  shares.forEach((share, symbol) => {
    for (let i = 0; i < share; i++) {
      symbols[at] = symbol;
      do at = (at + step) & (size - 1);
      while (at >= high && high > 0);
    }
  });
  for (let state = 0; state < size; state++) {
    const symbol = symbols[state]!;
    const order = next[symbol]!++;
    bits[state] = accuracy - (31 - Math.clz32(order));
    bases[state] = (order << bits[state]!) - size;
  }
  return { accuracy, symbols, bits, bases };
}

/** A table of a single symbol, which takes no bits. */
export function singleFseTable(symbol: number): FseTable {
  return {
    accuracy: 0,
    symbols: Uint8Array.of(symbol),
    bits: new Uint8Array(1),
    bases: new Uint16Array(1),
  };
}

/**
 * Reads the description of a table, at `start`, and returns the table and where it ends.
 *
 * @throws RangeError when it makes no sense
 */
export function readFseTable(
  bytes: Buffer,
  start: number,
  end: number,
  { accuracyMax, symbolMax }: { accuracyMax: number; symbolMax: number },
): { table: FseTable; end: number } {
  let bit = 0;
  const take = (count: number): number => {
    let value = 0;
    for (let got = 0; got < count; got++, bit++) {
      const byte = start + (bit >> 3);
      if (byte >= end) throw new RangeError('a table is not whole');
      value |= ((bytes[byte]! >> (bit & 7)) & 1) << got;
    }
    return value;
  };
  const accuracy = take(4) + accuracyMin;
  if (accuracy > accuracyMax) throw new RangeError('a table is too large');
  let left = 1 << accuracy;
  const shares: number[] = [];
  while (left > 0 && shares.length <= symbolMax) {
    const count = 32 - Math.clz32(left + 1);
    const threshold = (1 << count) - 1 - (left + 1);
    // The smaller values take a bit less.
    let value = take(count - 1);
    if (value >= threshold) {
      if (take(1) === 1) value += (1 << (count - 1)) - threshold;
    }
    const share = value - 1;
    left -= Math.abs(share);
    shares.push(share);
    if (share !== 0) continue;
    for (let repeat = 3; repeat === 3;) {
      repeat = take(2);
      for (let i = 0; i < repeat; i++) shares.push(0);
    }
  }
  if (left !== 0 || shares.length > symbolMax + 1) throw new RangeError('a table makes no sense');
  return { table: buildFseTable(shares, accuracy), end: start + ((bit + 7) >> 3) };
}
