import type { Plan } from './plan-schema.js';

/** The plan of a small file, as it is shown to readers. */
export const examplePlan: Plan = {
  file: {
    ...{ name: 'ports.csv', format: 'csv', bytes: 62 },
    ...{ member: null, other_members: [], layer: null, other_layers: [] },
  },
  columns: [
    { name: 'cartodb_id', header: null, type: 'bigint', why: 'It is ours and numbers the rows.' },
    {
      name: 'the_geom',
      header: null,
      type: 'geometry(Point,4326)',
      why: 'It is ours and holds where the row is.',
    },
    {
      name: 'the_geom_webmercator',
      header: null,
      type: 'geometry(Point,3857)',
      why: 'It is ours and holds where the row is.',
    },
    { name: 'name', header: 'name', type: 'text', why: 'No other type fits all of its values.' },
    {
      name: 'longitude',
      header: 'longitude',
      type: 'double precision',
      why: 'It is a coordinate of the geometry.',
    },
    {
      name: 'latitude',
      header: 'latitude',
      type: 'double precision',
      why: 'It is a coordinate of the geometry.',
    },
  ],
  geometry: {
    ...{ type: 'Point', from: 'point', columns: ['longitude', 'latitude'] },
    ...{ reference_systems: ['EPSG:4326'], rows: 2, bounds: [9.98, 53.54, 10.75, 59.91] },
  },
  rows: 2,
  rejected: { rows: 0, reasons: [] },
  first_rows: {
    columns: ['name', 'longitude', 'latitude'],
    rows: [
      ['Hamburg', '9.98', '53.54'],
      ['Oslo', '10.75', '59.91'],
    ],
  },
  warnings: [],
  difference: null,
};
