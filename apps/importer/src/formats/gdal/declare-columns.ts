import type { RowSink } from '../row-sink.js';
import type { ReaderColumn } from '../table-reader.js';
import type { DumpedLayer } from './dump-statements.js';
import { scanCopyText } from './scan-copy-text.js';

/** A zone at the end of a time of day. */
const zone = /:\d\d(\.\d+)?[+-]\d\d(:?\d\d)?$/;

/**
 * The columns of a layer with the types that GDAL declares. It has one type for times with and without a zone: a
 * column is without when a value of the sample is.
 */
export function declareColumns({ fields }: DumpedLayer, sample: readonly Buffer[]): ReaderColumn[] {
  const zoneless = zonelessColumns(fields, sample);
  return fields.map(({ name, type }, column) => ({
    header: name,
    type: zoneless.has(column) ? 'timestamp without time zone' : type,
  }));
}

function zonelessColumns(fields: DumpedLayer['fields'], sample: readonly Buffer[]): Set<number> {
  const zoneless = new Set<number>();
  if (!fields.some(({ type }) => type === 'timestamp with time zone')) return zoneless;
  let column = 0;
  const sink: RowSink = {
    field: (bytes, start, end) => {
      const isTime = fields[column]?.type === 'timestamp with time zone';
      if (isTime && end > start && !zone.test(bytes.toString('latin1', start, end))) zoneless.add(column);
      column++;
    },
    endRow: () => (column = 0),
    abandonRow: () => (column = 0),
    rejectRow: () => (column = 0),
  };
  const kinds = fields.map(({ kind }) => kind);
  for (const piece of sample) scanCopyText(piece, kinds, sink, 1);
  return zoneless;
}
