import { describe, expect, it } from '@jest/globals';
import { sliceFeatures } from './slice-features.js';
import { sliceMembers } from './slice-members.js';

async function* inPieces(json: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(json);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const page = `{ "type" : "FeatureCollection", "totalFeatures": 7, "a\\"features": [{"not":1}],
  "features" : [ {"id":"x","n":12345678901234567890.10,"s":"} ] , \\" \\\\"} ,{"g":{"c":[[1,2],[3,4]]}}, {} ],
  "crs": {"features": [1]}, "exceededTransferLimit": true }`;

describe('a page of features', () => {
  it.each([1, 2, 7, 64, 10_000])(
    'is cut into features as they were written, in pieces of %i bytes',
    async (size) => {
      const { features, rest } = await sliceFeatures(inPieces(page, size), 10_000);
      expect(features.map(String)).toEqual([
        '{"id":"x","n":12345678901234567890.10,"s":"} ] , \\" \\\\"}',
        '{"g":{"c":[[1,2],[3,4]]}}',
        '{}',
      ]);
      expect(rest).toEqual({
        type: 'FeatureCollection',
        totalFeatures: 7,
        'a"features': [{ not: 1 }],
        crs: { features: [1] },
        exceededTransferLimit: true,
      });
    },
  );

  it('may be empty', async () => {
    expect((await sliceFeatures(inPieces('{"features":[]}', 3), 100)).features).toEqual([]);
  });

  it.each([
    '',
    '[]',
    '[{"features":[]}]',
    '{}',
    '{"features":{}}',
    '{"features":[{}',
    '{"features":[{}]',
    'x',
    '{"a":1}',
  ])('is not %j', async (json) => {
    await expect(sliceFeatures(inPieces(json, 5), 100)).rejects.toMatchObject({
      code: 'source-service-error',
    });
  });

  it('is refused when it is larger than can be held', async () => {
    await expect(sliceFeatures(inPieces(page, 64), 100)).rejects.toMatchObject({ code: 'file-too-large' });
  });
});

describe('the members of an object', () => {
  it('are as they were written', () => {
    const members = sliceMembers(
      Buffer.from('{ "a" : 1.50 , "b\\"c":{"a":[1,{"x":"}"}]},"é":"ü,:{" , "n":null,"l":[ 1, 2 ]}'),
    );
    expect([...members].map(([name, value]) => [name, String(value)])).toEqual([
      ['a', '1.50'],
      ['b"c', '{"a":[1,{"x":"}"}]}'],
      ['é', '"ü,:{"'],
      ['n', 'null'],
      ['l', '[ 1, 2 ]'],
    ]);
  });

  it('are none where there are none', () => {
    expect(sliceMembers(Buffer.from('{ }')).size).toBe(0);
  });
});
