import { mark } from './column-type.js';

/** Signs of currencies, and the codes of ISO 4217 that stand beside amounts most. */
const currencies = (
  '€ $ £ ¥ ₹ ₽ ₩ ₺ ₴ ₪ ฿ ₫ ' +
  'EUR USD GBP JPY CHF CNY AUD CAD NZD SEK NOK DKK ISK PLN CZK HUF RON BGN TRY RUB UAH INR BRL MXN ARS CLP COP PEN ' +
  'ZAR NGN KES EGP ILS AED SAR KRW HKD SGD THB MYR IDR PHP VND'
).split(' ');

const blank = '[ \\u00a0\\u2009\\u202f]?';
const unit = `%|${currencies.map((sign) => sign.replace('$', '\\$')).join('|')}`;
/** Sign, unit before, sign, the number itself, unit behind. */
const amountPattern = new RegExp(`^(-?)(?:(${unit})${blank})?(-?)([\\d.,].*?)(?:${blank}(${unit}))?$`, 'u');

const group = (separators: string): string => `\\d{1,3}(?:(${separators})\\d{3})(?:\\1\\d{3})*`;
const others = " |\\u00a0|\\u2009|\\u202f|'|\\u2019";
const exponent = '(e[+-]?\\d{1,3})?';
const pointPattern = new RegExp(`^(?:${group(`,|${others}`)}|\\d*)(\\.\\d+${exponent})?$`, 'iu');
const commaPattern = new RegExp(`^(?:${group(`\\.|${others}`)}|\\d*)(,\\d+${exponent})?$`, 'iu');
/** What looks like an amount of milliards and is the address of a host more often. */
const addressPattern = /^(?:\d{1,3}\.){3}\d{1,3}$/;

const groupMarks: Record<string, number> = {
  ',': mark.groupComma,
  '.': mark.groupDot,
  ' ': mark.groupSpace,
  '\u00a0': mark.groupHardSpace,
  '\u2009': mark.groupHardSpace,
  '\u202f': mark.groupHardSpace,
  "'": mark.groupApostrophe,
  '\u2019': mark.groupApostrophe,
};

/** A number as people write it. */
export interface NotatedNumber {
  /** The number as programs write it, if the point is the decimal mark; `null` when it then is none. */
  readonly point: string | null;
  /** The same if the comma is the decimal mark. */
  readonly comma: string | null;
  /** What was met in it, as bits of `mark`. */
  readonly marks: number;
  /** Its currency, numbered from 1; 0 for none. */
  readonly currency: number;
}

/**
 * Reads a number with decimal comma, thousands separators, currency or percent sign; `null` when it is none. Whether
 * its digits are a number (leading zeros) is left to whoever reads what comes out.
 */
export function readNotatedNumber(text: string): NotatedNumber | null {
  const amount = amountPattern.exec(text);
  if (amount === null) return null;
  const [, signBefore, unitBefore, signBehind, number, unitBehind] = amount as unknown as (
    string | undefined
  )[];
  if (unitBefore !== undefined && unitBehind !== undefined) return null;
  if (unitBefore === '%' || (signBefore !== '' && signBehind !== '')) return null;
  const sign = `${signBefore}${signBehind}`;
  const point = pointPattern.exec(number!);
  const comma = addressPattern.test(number!) ? null : commaPattern.exec(number!);
  if (point === null && comma === null) return null;

  const unit = unitBefore ?? unitBehind;
  let marks = unit === undefined ? mark.bare : unit === '%' ? mark.percent : mark.currency;
  marks |= groupMarks[point?.[1] ?? ''] ?? 0;
  marks |= groupMarks[comma?.[1] ?? ''] ?? 0;
  if (point?.[2] !== undefined) marks |= mark.pointFraction;
  if (comma?.[2] !== undefined) marks |= mark.commaFraction;
  return {
    point: point === null ? null : sign + plain(number!, point[2], '.'),
    comma: comma === null ? null : sign + plain(number!, comma[2], ','),
    marks,
    currency: unit === undefined || unit === '%' ? 0 : currencies.indexOf(unit) + 1,
  };
}

function plain(number: string, fraction: string | undefined, decimalMark: string): string {
  const whole = number.slice(0, number.length - (fraction?.length ?? 0)).replace(/\D/g, '');
  return whole + (fraction?.replace(decimalMark, '.') ?? '');
}
