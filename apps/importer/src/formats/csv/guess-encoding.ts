import jschardet from 'jschardet';

/**
 * Encodings that a hint is taken for, as detector and decoder call them. Those of old terminals and Macs are not among
 * them: short Western texts look like them more often than texts are in them.
 */
const believed = new Map([
  ['shift_jis', 'Shift_JIS'],
  ['cp932', 'Shift_JIS'],
  ['euc-jp', 'EUC-JP'],
  ['gb18030', 'GB18030'],
  ['gb2312', 'GB18030'],
  ['big5', 'Big5'],
  ['euc-kr', 'EUC-KR'],
  ['cp949', 'EUC-KR'],
  ['koi8-r', 'KOI8-R'],
  ['koi8-u', 'KOI8-U'],
  ['iso-8859-2', 'ISO-8859-2'],
  ['iso-8859-5', 'ISO-8859-5'],
  ['iso-8859-6', 'ISO-8859-6'],
  ['iso-8859-7', 'ISO-8859-7'],
  ['iso-8859-8', 'ISO-8859-8'],
  ['iso-8859-9', 'windows-1254'],
  ...[1250, 1251, 1253, 1254, 1255, 1256, 1257, 1258].map(
    (page) => [`windows-${page}`, `windows-${page}`] as const,
  ),
]);

/** Those of Latin script, which accented Western letters are easily taken for. */
const latin = /^(ISO-8859-2|windows-125[0478])$/;

/**
 * The detector's numbers are small, and smaller for less text. These bounds are what tells names, a few lines long, in
 * the right language from Western ones; see the table in the spec.
 */
const latinConfidenceMin = 0.05;
const latinLeadMin = 1.5;
const foreignConfidenceMin = 0.015;
/** Other scripts write whole words beyond ASCII, Latin ones single letters. */
const foreignRunMin = 1.5;

/** More text does not make the guess better. */
const sampleBytes = 32 * 1024;

/** Bytes that Windows-1252 has no character for. */
const unusedIn1252 = [0x81, 0x8d, 0x8f, 0x90, 0x9d];

/**
 * Guesses the encoding of text that is not Unicode, by its lines that are not ASCII. A statistical hint is taken when it
 * is a strong one, or when nothing else is possible; everything else is Windows-1252, which is what most programs that
 * do not write UTF-8 write.
 */
export function guessEncoding(text: Buffer): string {
  const sample = foreignLines(text);
  const hints = jschardet.detectAll(sample).map(({ encoding, confidence }) => ({
    name: encoding?.toLowerCase() ?? '',
    confidence,
  }));
  const hint = hints.find(({ name }) => believed.has(name));
  if (hint === undefined) return 'windows-1252';
  const encoding = believed.get(hint.name)!;
  const western = hints.find(({ name }) => name === 'windows-1252')?.confidence ?? 0;
  const isStrong = latin.test(encoding)
    ? hint.confidence >= Math.max(latinConfidenceMin, latinLeadMin * western)
    : hint.confidence >= Math.max(foreignConfidenceMin, western) && meanRun(sample) >= foreignRunMin;
  return isStrong || unusedIn1252.some((byte) => sample.includes(byte)) ? encoding : 'windows-1252';
}

/** How many bytes beyond ASCII follow one another in the mean. */
function meanRun(sample: Buffer): number {
  let bytes = 0;
  let runs = 0;
  sample.forEach((byte, i) => {
    if (byte < 0x80) return;
    bytes++;
    if (i === 0 || sample[i - 1]! < 0x80) runs++;
  });
  return bytes / runs;
}

/** The lines with bytes beyond ASCII, as many as make a sample. */
function foreignLines(text: Buffer): Buffer {
  const lines: Buffer[] = [];
  let length = 0;
  let start = 0;
  while (start < text.length && length < sampleBytes) {
    const found = text.indexOf(0x0a, start);
    const end = found === -1 ? text.length : found + 1;
    const line = text.subarray(start, Math.min(end, start + sampleBytes));
    if (line.some((byte) => byte >= 0x80)) {
      lines.push(line);
      length += line.length;
    }
    start = end;
  }
  return Buffer.concat(lines);
}
