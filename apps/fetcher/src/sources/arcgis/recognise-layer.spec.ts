import { describe, expect, it } from '@jest/globals';
import { describeLayer, onlyLayerOf } from './describe-layer.js';
import { recogniseLayer } from './recognise-layer.js';

const service = 'https://gis.example.org/arcgis/rest/services/Ports';

describe('the address of a layer', () => {
  it.each<[string, string, Record<string, string>]>([
    ['/FeatureServer/0', '/FeatureServer/0', { where: '1=1', outFields: '*' }],
    ['/MapServer/12/', '/MapServer/12', { where: '1=1', outFields: '*' }],
    [
      '/FeatureServer/0/query?where=n>1&outFields=n&token=t&f=json',
      '/FeatureServer/0',
      { where: 'n>1', outFields: 'n', token: 't' },
    ],
    [
      '/FeatureServer/0/query?WHERE=n>1&f=geojson&outSR=25832',
      '/FeatureServer/0',
      { WHERE: 'n>1', outFields: '*' },
    ],
    ['/FeatureServer/0?f=pjson', '/FeatureServer/0', { where: '1=1', outFields: '*' }],
  ])('%s is recognised', (address, path, query) => {
    const found = recogniseLayer(new URL(service + address));
    expect([found?.base.href, found?.isLayer]).toEqual([service + path, true]);
    expect(Object.fromEntries(found?.query ?? [])).toEqual(query);
  });

  it('may leave the layer open', () => {
    expect(recogniseLayer(new URL(`${service}/FeatureServer`))?.isLayer).toBe(false);
  });

  it.each([
    '/FeatureServer/0/query?where=1=1&resultOffset=0&f=geojson',
    '/FeatureServer/0/query?resultRecordCount=10&f=json',
    '/FeatureServer/0/query?f=pbf',
    '/FeatureServer/0/query?f=kmz',
    '/FeatureServer/0/1/attachments',
    '/MapServer/export?bbox=1',
    '/ImageServer/0',
    '/GPServer/0',
  ])('is not seen in %s', (address) => {
    expect(recogniseLayer(new URL(service + address))).toBeNull();
  });
});

describe('what a layer says of itself', () => {
  it('is read from all versions of the service', () => {
    expect(
      describeLayer({
        name: 'Ports',
        type: 'Feature Layer',
        objectIdField: 'FID',
        maxRecordCount: 500,
        supportedQueryFormats: 'JSON, geoJSON, PBF',
        advancedQueryCapabilities: { supportsPagination: true },
        editingInfo: { lastEditDate: 1_700_000_000_000 },
        fields: [{ name: 'built', type: 'esriFieldTypeDate' }],
      }),
    ).toEqual({
      name: 'Ports',
      idField: 'FID',
      dateFields: new Set(['built']),
      pageSizeMax: 500,
      hasPages: true,
      hasGeoJson: true,
      editedAt: 1_700_000_000_000,
    });
    expect(
      describeLayer({ fields: [{ name: 'OID', type: 'esriFieldTypeOID' }], maxRecordCount: 100_000 }),
    ).toEqual({
      name: '',
      idField: 'OID',
      dateFields: new Set(),
      pageSizeMax: 2_000,
      hasPages: false,
      hasGeoJson: false,
      editedAt: null,
    });
  });

  it('is refused when it has no rows of its own', () => {
    expect(() => describeLayer({ type: 'Group Layer' })).toThrow(
      expect.objectContaining({ code: 'source-service-error' }),
    );
  });

  it('names the only layer of a service', () => {
    expect(onlyLayerOf({ layers: [{ id: 3 }], tables: [] })).toBe(3);
    expect(onlyLayerOf({ layers: [], tables: [{ id: 0 }] })).toBe(0);
    for (const several of [{ layers: [{ id: 0 }], tables: [{ id: 1 }] }, { layers: [] }, {}])
      expect(() => onlyLayerOf(several)).toThrow(expect.objectContaining({ code: 'source-layer-needed' }));
  });
});
