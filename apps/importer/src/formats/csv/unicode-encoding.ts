/** Encodings of Unicode other than UTF-8, by the names that decoders know. */
export type Utf16 = 'utf-16le' | 'utf-16be';

/** How much of the beginning shows whether a file is UTF-16. */
const shownBytes = 4096;
/** Text of any script has delimiters, digits and line ends, which have a NUL byte each; Latin text has nothing else. */
const nulShareMin = 0.15;
const nulShareMinOfFew = 0.5;
const fewBytes = 64;

/**
 * Tells whether a file is UTF-16: by its byte order mark or, without one, by NUL bytes in every other place only.
 * `null` when it is not.
 */
export function utf16Of(head: Buffer): Utf16 | null {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  const shown = head.subarray(0, shownBytes);
  const nuls = { even: 0, odd: 0 };
  for (let i = 0; i < shown.length; i++) {
    if (shown[i] === 0) nuls[i % 2 === 0 ? 'even' : 'odd']++;
  }
  const enough = (shown.length / 2) * (shown.length < fewBytes ? nulShareMinOfFew : nulShareMin);
  if (nuls.even === 0 && nuls.odd > 0 && nuls.odd >= enough) return 'utf-16le';
  if (nuls.odd === 0 && nuls.even > 0 && nuls.even >= enough) return 'utf-16be';
  return null;
}
