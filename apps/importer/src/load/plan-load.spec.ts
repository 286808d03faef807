import { describe, expect, it } from '@jest/globals';
import type { ColumnType } from '../columns/column-type.js';
import { nameColumns } from '../columns/name-columns.js';
import { noEvidence } from '../columns/type-sampler.js';
import type { LoadPlan } from './copy-encoder.js';
import { planLoad } from './plan-load.js';

const guessing = { typeGuessing: true, quotedFieldsGuessing: true };

function plan(columns: Record<string, ColumnType>, options = guessing): LoadPlan {
  const headers = Object.keys(columns);
  const names = nameColumns(headers);
  return planLoad(headers, names, Object.values(columns), noEvidence(headers.length), options);
}

describe('planLoad', () => {
  it('makes points of columns named like coordinates and reads both as doubles', () => {
    expect(plan({ id: 'integer', Lat: 'double precision', Lon: 'integer' })).toMatchObject({
      point: { latitude: 1, longitude: 2 },
      types: ['integer', 'double precision', 'double precision'],
    });
  });

  it.each<[ColumnType, ColumnType]>([
    ['text', 'double precision'],
    ['double precision', 'date'],
    ['boolean', 'integer'],
  ])('makes no points of %s and %s', (latitude, longitude) => {
    expect(plan({ lat: latitude, lon: longitude })).toMatchObject({
      point: null,
      types: [latitude, longitude],
    });
  });

  it('makes no points when types are not to be guessed', () => {
    const options = { typeGuessing: false, quotedFieldsGuessing: true };
    expect(plan({ lat: 'text', lon: 'text' }, options).point).toBeNull();
  });

  it('takes cartodb_id for the key, whatever its values look like', () => {
    expect(plan({ name: 'text', CartoDB_Id: 'text' })).toMatchObject({ key: 1, types: ['text', 'bigint'] });
    expect(plan({ cartodb_id: 'text' }, { ...guessing, typeGuessing: false }).key).toBe(0);
    expect(plan({ id: 'integer' }).key).toBeNull();
  });
});
