const zero = 0x30;
const digitsOfGroup = 4;
const negativeSign = 0x4000;
const notANumberSign = 0xc000;

/** Bytes that `encodeNumeric` writes at most for a number of up to forty characters: three digits of exponent. */
export const numericBytesMax = 8 + 2 * (1100 / digitsOfGroup);

/**
 * Writes a number, as programs write it, in the binary form of `numeric` (PostgreSQL, `numeric_send`): the count of
 * its digits to the base of 10,000, the power of the first, the sign, the count of decimals, then those digits. Zeros at
 * the end of its decimals are kept. Returns how many bytes were written.
 */
export function encodeNumeric(view: DataView, at: number, number: string): number {
  const [mantissa = '', exponentText = '0'] = number.toLowerCase().split('e');
  const isNegative = mantissa.startsWith('-');
  const [whole = '', fraction = ''] = mantissa.slice(isNegative ? 1 : 0).split('.');
  const exponent = Number(exponentText);
  const scale = Math.max(0, fraction.length - exponent);
  // All digits, of which the last `decimals` stand behind the point; with zeros so that groups begin at the point.
  const decimals = fraction.length - exponent;
  const shifted = whole + fraction + '0'.repeat(Math.max(0, -decimals));
  const behind = Math.max(0, decimals);
  const padBehind = (digitsOfGroup - (behind % digitsOfGroup)) % digitsOfGroup;
  const padBefore = digitsOfGroup - ((shifted.length + padBehind) % digitsOfGroup || digitsOfGroup);
  const all = '0'.repeat(padBefore) + shifted + '0'.repeat(padBehind);

  let groups = all.length / digitsOfGroup;
  let first = 0;
  while (first < groups && groupAt(all, first) === 0) first++;
  const weight = groups - (behind + padBehind) / digitsOfGroup - 1 - first;
  while (groups > first && groupAt(all, groups - 1) === 0) groups--;
  const count = groups - first;
  writeHeader(view, at, count, count === 0 ? 0 : weight, isNegative && count > 0 ? negativeSign : 0, scale);
  for (let i = 0; i < count; i++) view.setUint16(at + 8 + 2 * i, groupAt(all, first + i));
  return 8 + 2 * count;
}

/** The same for what is no number. */
export function encodeNumericNaN(view: DataView, at: number): number {
  writeHeader(view, at, 0, 0, notANumberSign, 0);
  return 8;
}

function writeHeader(
  view: DataView,
  at: number,
  digits: number,
  weight: number,
  sign: number,
  scale: number,
): void {
  view.setUint16(at, digits);
  view.setInt16(at + 2, weight);
  view.setUint16(at + 4, sign);
  view.setUint16(at + 6, scale);
}

function groupAt(digits: string, group: number): number {
  let value = 0;
  const start = group * digitsOfGroup;
  for (let i = start; i < start + digitsOfGroup; i++) value = value * 10 + digits.charCodeAt(i) - zero;
  return value;
}
