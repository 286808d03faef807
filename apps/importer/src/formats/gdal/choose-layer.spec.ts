import { describe, expect, it } from '@jest/globals';
import { chooseLayer, findLayer, type ListedLayer } from './choose-layer.js';
import { gdalProfiles } from './gdal-format.js';

const layer = (name: string, hasRows = true): ListedLayer => ({
  layer: { name, fields: [], srid: 4326, shapes: 'POINT' },
  hasRows,
});
const order = gdalProfiles.gpx.layerOrder!;
const choose = (preferred: readonly string[], ...layers: ListedLayer[]): unknown => {
  const choice = chooseLayer(layers, preferred);
  return choice === null ? null : [choice.chosen.name, ...choice.others];
};

describe('chooseLayer', () => {
  it('takes the first by name that has rows and lists the others that have', () => {
    expect(choose([], layer('c'), layer('a', false), layer('b'), layer('d', false))).toEqual(['b', 'c']);
  });

  it('takes an empty one when all are, and none when there is none', () => {
    expect(choose([], layer('b', false), layer('a', false))).toEqual(['a']);
    expect(choose([])).toBeNull();
  });

  it('takes waypoints before routes before tracks', () => {
    const names = ['track_points', 'tracks', 'routes', 'route_points', 'waypoints'];
    expect(choose(order, ...names.map((name) => layer(name)))).toEqual(['waypoints', 'tracks', 'routes']);
  });

  it('finds the layer that was asked for, or tells what is there', () => {
    const layers = [layer('Piers'), layer('ports', false), layer('Ports')];
    expect(findLayer(layers, 'ports').name).toBe('ports');
    expect(findLayer(layers, 'piers').name).toBe('Piers');
    for (const name of ['PORTS', 'x', '']) {
      expect(() => findLayer(layers, name)).toThrow('layer-unknown: there are Piers, ports, Ports');
    }
    expect(() => findLayer([], 'a')).toThrow('layer-unknown: there is none');
  });

  it('never asks for a layer whose name would be an option', () => {
    expect(choose([], layer('-overwrite'), layer('a'))).toEqual(['a', '-overwrite']);
  });
});
