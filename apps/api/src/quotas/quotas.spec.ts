import { describe, expect, it } from '@jest/globals';
import { type Quotas, refuseFurtherTable } from './quotas.js';

const free: Quotas = {
  username: 'demo',
  runsMax: null,
  requestsPerMinuteMax: null,
  fileBytesMax: null,
  rowsMax: null,
  columnsMax: null,
  verticesMax: null,
  layersMax: null,
  tablesMax: null,
  totalRowsMax: null,
  totalBytesMax: null,
  tables: 1_000,
  totalRows: 1e9,
  totalBytes: 1e12,
  runsInFlight: 3,
};

describe('a further table', () => {
  it.each<[Partial<Quotas>, number | null]>([
    [{}, null],
    [{ tablesMax: 1_001 }, null],
    [{ tablesMax: 1_000 }, 8002],
    [{ tablesMax: 1 }, 8002],
    [{ totalRowsMax: 1e9 + 1 }, null],
    [{ totalRowsMax: 1e9 }, 8001],
    [{ totalBytesMax: 1e12 + 1 }, null],
    [{ totalBytesMax: 1e12 }, 8001],
    [{ tables: 0, totalRows: 0, totalBytes: 0, tablesMax: 1, totalRowsMax: 1, totalBytesMax: 1 }, null],
  ])('with %j is refused with %j', (quotas, cartoCode) => {
    expect(refuseFurtherTable({ ...free, ...quotas })?.cartoCode ?? null).toBe(cartoCode);
  });

  it('is refused with both numbers', () => {
    expect(refuseFurtherTable({ ...free, tablesMax: 7 })?.sentence).toBe(
      'The account has 1000 tables, and may have 7.',
    );
  });
});
