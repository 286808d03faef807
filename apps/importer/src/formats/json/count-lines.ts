const lf = 0x0a;

/** How many lines end in a range of bytes. */
export function countLines(bytes: Buffer, from: number, to: number): number {
  let lines = 0;
  for (let i = bytes.indexOf(lf, from); i !== -1 && i < to; i = bytes.indexOf(lf, i + 1)) lines++;
  return lines;
}
