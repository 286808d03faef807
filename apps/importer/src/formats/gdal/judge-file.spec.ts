import { describe, expect, it } from '@jest/globals';
import { SyncError } from '@tidetable/contracts';
import { describeOthers, refuseNamedReference } from './judge-file.js';

describe('describeOthers', () => {
  it('names layers that were not read, and only counts very many', () => {
    expect(describeOthers([])).toEqual([]);
    expect(describeOthers(['a', 'b'])).toEqual(['Only the first layer is the table; not read were: a, b.']);
    const many = Array.from({ length: 12 }, (_, n) => `l${n}`);
    expect(describeOthers(many)[0]).toMatch(/ l4, l5 and 6 more\.$/);
  });
});

describe('refuseNamedReference', () => {
  const failure = new SyncError('file-unreadable');

  it('lays the failure to the reference system that the file names', () => {
    const head = Buffer.from('{"crs": {"type": "name", "properties": {"name": "EPSG:1"}}, "features": []}');
    expect(refuseNamedReference(head, failure)).toMatchObject({ code: 'crs-unknown', detail: 'EPSG:1' });
  });

  it('leaves the failure of a file that names none', () => {
    expect(refuseNamedReference(Buffer.from('{"features": [{"name": "x"}]}'), failure)).toBe(failure);
  });
});
