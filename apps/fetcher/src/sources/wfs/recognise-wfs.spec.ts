import { describe, expect, it } from '@jest/globals';
import { recogniseWfs } from './recognise-wfs.js';

const service = 'https://geo.example.org/ows';
const recognise = (query: string): Record<string, string> | undefined => {
  const found = recogniseWfs(new URL(`${service}?${query}`));
  return found === null ? undefined : Object.fromEntries(found.query);
};

describe('the address of features of a WFS', () => {
  it.each<[string, Record<string, string>]>([
    [
      'service=WFS&typeNames=a:ports',
      {
        service: 'WFS',
        version: '2.0.0',
        request: 'GetFeature',
        typeNames: 'a:ports',
        outputFormat: 'application/json',
        srsName: 'EPSG:4326',
      },
    ],
    [
      'SERVICE=wfs&VERSION=1.1.0&REQUEST=getfeature&TYPENAME=ports&OUTPUTFORMAT=json&cql_filter=a=1&SRSNAME=EPSG:25832',
      {
        service: 'WFS',
        version: '1.1.0',
        request: 'GetFeature',
        typeName: 'ports',
        outputFormat: 'json',
        cql_filter: 'a=1',
        SRSNAME: 'EPSG:25832',
      },
    ],
    [
      'map=/x.map&service=WFS&version=2.0.0&typename=p&outputFormat=geojson',
      {
        map: '/x.map',
        service: 'WFS',
        version: '2.0.0',
        request: 'GetFeature',
        typeNames: 'p',
        outputFormat: 'geojson',
        srsName: 'EPSG:4326',
      },
    ],
  ])('%s is recognised', (query, expected) => {
    expect(recognise(query)).toEqual(expected);
  });

  it.each([
    'service=WMS&request=GetMap&layers=a',
    'service=WFS&request=GetCapabilities',
    'service=WFS&request=GetFeature',
    'service=WFS&request=GetFeature&typeNames=a&outputFormat=csv',
    'service=WFS&request=GetFeature&typeNames=a&outputFormat=shape-zip',
    'service=WFS&request=GetFeature&typeNames=a&count=10',
    'service=WFS&request=GetFeature&typeName=a&maxFeatures=10',
    'service=WFS&request=GetFeature&typeNames=a&startIndex=5',
    'typeNames=a',
  ])('is not seen in %s', (query) => {
    expect(recognise(query)).toBeUndefined();
  });
});
