import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { parseFields } from '../http/parse-fields.js';
import { newSynchronizationFields } from '../synchronizations/synchronization-fields.js';
import { credentialFields } from './credential-fields.js';

const parse = (fields: Record<string, unknown>) => parseFields(z.object(credentialFields), fields);

describe('what a customer says about requests', () => {
  it.each([
    {},
    { headers: null, basic_auth: null },
    { headers: {} },
    { headers: { 'X-Api-Key': 'k' }, basic_auth: { username: 'ann', password: 'p' } },
  ])('is taken as it is: %j', (fields) => {
    expect(parse(fields)).toEqual(fields);
  });

  it.each<[unknown, string]>([
    [{ 'X-Secret': 7 }, 'must be an object of header names and values'],
    [{ 'X-Secret': null }, 'must be an object of header names and values'],
    [['X-Secret'], 'must be an object of header names and values'],
    ['X-Secret: 1', 'must be an object of header names and values'],
    [{ 'X-Secret\n': 'secret' }, 'must have names of header fields'],
    [{ 'X-Secret': 'secret\n' }, 'must have values of printable ASCII'],
    [{ Host: 'secret' }, 'must not set Host'],
  ])('is refused without repeating it: headers %j', (headers, complaint) => {
    expect(() => parse({ headers })).toThrow(complaint);
    expect(() => parse({ headers })).not.toThrow(/secret/i);
  });

  it.each<[unknown, string]>([
    [{ username: 'secret:', password: 'x' }, 'Invalid basic_auth: username must not contain colons'],
    [{ username: 'secret', password: 7 }, 'Invalid basic_auth: password must be a string'],
    ['secret', 'Invalid basic_auth: must be an object with username and password'],
  ])('is refused without repeating it: basic_auth %j', (basicAuth, complaint) => {
    expect(() => parse({ basic_auth: basicAuth })).toThrow(complaint);
    expect(() => parse({ basic_auth: basicAuth })).not.toThrow(/secret/i);
  });

  it.each([{ headers: { 'X-Api-Key': 'k' } }, { basic_auth: { username: 'a', password: 'p' } }])(
    'is refused for a file in a storage service: %j',
    (fields) => {
      const file = { service_name: 'box', service_item_id: '1' };
      expect(() => parseFields(newSynchronizationFields(900), { ...file, ...fields })).toThrow(
        'must be left out where the file is in a storage service',
      );
    },
  );
});
