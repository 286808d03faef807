import type { RejectedRow } from '@tidetable/contracts';

/** Rejected rows as CSV (RFC 4180) with a header, so that they can be corrected where tables are. */
export function writeRejectsCsv(rows: readonly RejectedRow[]): string {
  const lines = rows.map(({ number, line, reason, sentence, content }) =>
    [number, line, reason, quote(sentence), quote(content)].join(','),
  );
  return ['number,line,reason,sentence,content', ...lines].map((line) => `${line}\r\n`).join('');
}

function quote(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
