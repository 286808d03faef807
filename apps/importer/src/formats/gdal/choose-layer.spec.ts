import { describe, expect, it } from '@jest/globals';
import { chooseLayer, type ListedLayer } from './choose-layer.js';

const layer = (name: string, hasRows = true): ListedLayer => ({
  layer: { name, fields: [], srid: 4326 },
  hasRows,
});
const choose = (holds: 'layers' | 'track', ...layers: ListedLayer[]): unknown => {
  const choice = chooseLayer(layers, holds);
  return choice === null ? null : [choice.chosen.name, ...choice.others];
};

describe('chooseLayer', () => {
  it('takes the first by name that has rows and lists the others that have', () => {
    expect(choose('layers', layer('c'), layer('a', false), layer('b'), layer('d', false))).toEqual([
      'b',
      'c',
    ]);
  });

  it('takes an empty one when all are, and none when there is none', () => {
    expect(choose('layers', layer('b', false), layer('a', false))).toEqual(['a']);
    expect(choose('layers')).toBeNull();
  });

  it('takes waypoints before routes before tracks', () => {
    const names = ['track_points', 'tracks', 'routes', 'route_points', 'waypoints'];
    expect(choose('track', ...names.map((name) => layer(name)))).toEqual(['waypoints', 'tracks', 'routes']);
  });

  it('never asks for a layer whose name would be an option', () => {
    expect(choose('layers', layer('-overwrite'), layer('a'))).toEqual(['a', '-overwrite']);
  });
});
