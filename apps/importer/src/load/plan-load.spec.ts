import { describe, expect, it } from '@jest/globals';
import type { ColumnType } from '../columns/column-type.js';
import { nameColumns } from '../columns/name-columns.js';
import { TypeSampler } from '../columns/type-sampler.js';
import { PlaceEvidence } from '../geometry/place-evidence.js';
import { PlaceSampler } from '../geometry/place-sampler.js';
import type { LoadPlan } from './copy-encoder.js';
import { planLoad } from './plan-load.js';

const guessing = { typeGuessing: true, quotedFieldsGuessing: true };

/** The plan for columns by their headers, of which each has one value. */
function plan(columns: Record<string, string>, options = guessing): LoadPlan {
  const headers = Object.keys(columns);
  const sampler = new TypeSampler(headers.length, options);
  const places = PlaceEvidence.ofAllColumns({ headers, format: null, contentGuessing: false, ...options });
  for (const sink of [sampler, new PlaceSampler(places)]) {
    for (const value of Object.values(columns)) sink.field(Buffer.from(value), 0, value.length, false);
    sink.endRow(2);
  }
  return planLoad(nameColumns(headers), sampler.evidence, places, options);
}

describe('planLoad', () => {
  it('makes points of columns named like coordinates and reads both as doubles', () => {
    expect(plan({ id: '1', Lat: '40.5', Lon: '-3' })).toMatchObject({
      place: { from: 'point', latitude: 1, longitude: 2 },
      types: ['integer', 'double precision', 'double precision'],
    });
  });

  it.each<[string, ColumnType, string, ColumnType]>([
    ['40°', 'text', '-3.5', 'double precision'],
    ['40.5', 'double precision', '2024-01-31', 'date'],
    ['true', 'boolean', '3', 'integer'],
  ])('makes no points of %s, which is %s, and %s, which is %s', (latitude, type, longitude, other) => {
    expect(plan({ lat: latitude, lon: longitude })).toMatchObject({
      place: { from: 'nowhere' },
      types: [type, other],
    });
  });

  it('makes no points when types are not to be guessed', () => {
    const options = { typeGuessing: false, quotedFieldsGuessing: true };
    expect(plan({ lat: '40', lon: '3' }, options).place).toEqual({ from: 'nowhere' });
  });

  it('makes the geometry of a column of geometries, whether types are to be guessed or not', () => {
    for (const typeGuessing of [true, false]) {
      expect(plan({ a: '1', wkt: 'POINT(1 2)' }, { ...guessing, typeGuessing }).place).toMatchObject({
        from: 'text',
        column: 1,
      });
    }
  });

  it('takes cartodb_id for the key, whatever its values look like', () => {
    expect(plan({ name: 'a', CartoDB_Id: 'b' })).toMatchObject({ key: 1, types: ['text', 'bigint'] });
    expect(plan({ cartodb_id: 'a' }, { ...guessing, typeGuessing: false }).key).toBe(0);
    expect(plan({ id: '1' }).key).toBeNull();
  });
});
