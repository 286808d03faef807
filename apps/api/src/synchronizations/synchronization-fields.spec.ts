import { describe, expect, it } from '@jest/globals';
import { parseFields } from '../http/parse-fields.js';
import {
  changedSynchronizationFields,
  newSynchronizationFields,
  pageFields,
} from './synchronization-fields.js';

const url = 'https://example.org/ports.csv';
const floor = 'at least 900 seconds (15 minutes)';

const parseNew = (fields: Record<string, unknown>) =>
  parseFields(newSynchronizationFields(900), { url, ...fields });
const parseChange = (fields: Record<string, unknown>) =>
  parseFields(changedSynchronizationFields(900), fields);

describe('the fields of a new synchronization', () => {
  it('are complete when only a URL is given', () => {
    expect(parseNew({})).toEqual({
      url,
      interval: 3600,
      table_name: null,
      type_guessing: true,
      quoted_fields_guessing: true,
      content_guessing: false,
      service_name: null,
      service_item_id: null,
      member: null,
      layer: null,
    });
  });

  it('leave out whatever else is sent', () => {
    const sent = {
      api_key: 'k',
      client: 'c',
      create_vis: true,
      create_visualization: true,
      id: 'x',
      state: 'success',
    };
    expect(Object.keys(parseNew(sent))).toEqual(Object.keys(parseNew({})));
  });

  it.each([
    [900, 900],
    ['900', 900],
    [' 3600 ', 3600],
    [3600.0, 3600],
    ['0900', 900],
    [2_592_000, 2_592_000],
    [2_147_483_647, 2_147_483_647],
    ['2147483647', 2_147_483_647],
  ])('take the interval %j as %d', (interval, seconds) => {
    expect(parseNew({ interval }).interval).toBe(seconds);
  });

  it.each([
    899,
    '899',
    0,
    -900,
    '-900',
    900.5,
    '900.5',
    '9e2',
    '0x384',
    '',
    ' ',
    'hourly',
    null,
    true,
    [],
    [900],
    {},
    2_147_483_648,
    '2147483648',
    '9'.repeat(400),
    Number.MAX_SAFE_INTEGER,
    Number.POSITIVE_INFINITY,
  ])('refuse the interval %j', (interval) => {
    expect(() => parseNew({ interval })).toThrow(/^Invalid interval: must be a whole number of seconds, /);
    expect(() => parseNew({ interval })).toThrow(floor);
  });

  it('say what the shortest interval of this installation is', () => {
    const parse = () => parseFields(newSynchronizationFields(70), { url, interval: 69 });
    expect(parse).toThrow('at least 70 seconds and');
  });

  it('default to the shortest interval where that is longer than an hour', () => {
    expect(parseFields(newSynchronizationFields(7_200), { url }).interval).toBe(7_200);
  });

  it.each([
    'http://example.org',
    'HTTPS://EXAMPLE.ORG/a.csv?key=1&b=2#part',
    'http://127.0.0.1:8000/a b.csv',
    'https://münchen.example/straßen.csv',
    'https://example.org/100%.csv',
    `https://example.org/${'a'.repeat(8_192 - 20)}`,
  ])('keep the URL %.60s as it is written', (address) => {
    expect(parseNew({ url: ` ${address}\n` }).url).toBe(address);
  });

  it.each([
    [undefined, /^Invalid url: an absolute http or https address is required\.$/],
    [null, /^Invalid url: an absolute/],
    [7, /^Invalid url: an absolute/],
    [{ href: url }, /^Invalid url: an absolute/],
    ['', /^Invalid url: must be an absolute http or https address\.$/],
    ['ports.csv', /^Invalid url: must be an absolute/],
    ['/etc/passwd', /^Invalid url: must be an absolute/],
    ['//example.org/ports.csv', /^Invalid url: must be an absolute/],
    ['ftp://example.org/ports.csv', /^Invalid url: must be an absolute/],
    ['file:///etc/passwd', /^Invalid url: must be an absolute/],
    ['http:example.org', /^Invalid url: must be an absolute/],
    ['http://', /^Invalid url: must be an absolute/],
    ['http://example.org:99999/', /^Invalid url: must be an absolute/],
    ['http://example.org/\u0000', /^Invalid url: must be an absolute/],
    ['http://exa\nmple.org/', /^Invalid url: must be an absolute/],
    ['http://me@example.org/', /^Invalid url: must not contain a user name or password\.$/],
    ['http://me:secret@example.org/', /^Invalid url: must not contain a user name or password\.$/],
    ['http://:secret@example.org/', /^Invalid url: must not contain a user name or password\.$/],
    [`http://example.org/${'a'.repeat(8_192)}`, /^Invalid url: must be at most 8192 characters long\.$/],
  ])('refuse the URL %.60j', (address, message) => {
    expect(() => parseNew({ url: address })).toThrow(message);
  });

  it.each([
    [false, false],
    ['false', false],
    [true, true],
    ['true', true],
    [null, true],
    [undefined, true],
  ])('take type_guessing and quoted_fields_guessing %j as %j', (value, on) => {
    expect(parseNew({ type_guessing: value, quoted_fields_guessing: value })).toMatchObject({
      type_guessing: on,
      quoted_fields_guessing: on,
    });
  });

  it.each([
    [true, true],
    ['true', true],
    [false, false],
    ['false', false],
    [null, false],
    [undefined, false],
  ])('take content_guessing %j as %j', (value, on) => {
    expect(parseNew({ content_guessing: value }).content_guessing).toBe(on);
  });

  it.each(['type_guessing', 'quoted_fields_guessing', 'content_guessing'])(
    'refuse %s that is neither true nor false',
    (field) => {
      for (const value of ['maybe', '', 0, 1, 'TRUE', [], {}]) {
        expect(() => parseNew({ [field]: value })).toThrow(`Invalid ${field}: must be true or false.`);
      }
    },
  );

  it.each([
    ['ports', 'ports'],
    [' Häfen 2024 ', 'Häfen 2024'],
    ['', null],
    [null, null],
  ])('take the table name %j as %j', (tableName, kept) => {
    expect(parseNew({ table_name: tableName }).table_name).toBe(kept);
  });

  it.each([7, true, ['a'], 'a\u0000b', 'a'.repeat(256)])('refuse the table name %.20j', (tableName) => {
    expect(() => parseNew({ table_name: tableName })).toThrow(/^Invalid table_name: must /);
  });

  it.each(['member', 'layer'])('take a name as %s, and nothing where there is none', (field) => {
    expect(parseNew({ [field]: ' b/Ports.csv ' })).toMatchObject({ [field]: 'b/Ports.csv' });
    expect(parseNew({ [field]: '' })).toMatchObject({ [field]: null });
    expect(parseNew({ [field]: null })).toMatchObject({ [field]: null });
    for (const value of [7, ['a'], 'a\u0000b', 'a'.repeat(1_001)]) {
      expect(() => parseNew({ [field]: value })).toThrow(new RegExp(`^Invalid ${field}: must `));
      expect(() => parseChange({ [field]: value })).toThrow(new RegExp(`^Invalid ${field}: must `));
    }
  });

  it.each([{}, { service_name: null }, { service_name: 'public_url', service_item_id: 'x' }])(
    'are those of a URL with %j',
    (fields) => {
      expect(parseNew(fields)).toMatchObject({ url, service_name: null, service_item_id: null });
    },
  );

  it.each(['gdrive', 'dropbox', 'box'])('are those of a file at %s', (service) => {
    for (const none of [undefined, null, '']) {
      const fields = { url: none, service_name: service, service_item_id: ' id:1 ' };
      expect(parseNew(fields)).toMatchObject({ url: null, service_name: service, service_item_id: 'id:1' });
    }
  });

  it.each([url, 'no url', 7])('refuse the URL %j beside a file at a service', (beside) => {
    expect(() => parseNew({ url: beside, service_name: 'box', service_item_id: '1' })).toThrow(
      'Invalid url: must be left out where service_name and service_item_id name the file.',
    );
  });

  it.each([undefined, null, '', ' ', 7, 'a\u0000b', 'a'.repeat(1_025)])(
    'refuse %j as the item of a service',
    (itemId) => {
      expect(() => parseNew({ url: null, service_name: 'box', service_item_id: itemId })).toThrow(
        /^Invalid service_item_id: /,
      );
    },
  );

  it.each(['', 'ftp', 'constructor', 7, {}])('refuse the service %j', (service) => {
    expect(() => parseNew({ service_name: service, service_item_id: '1' })).toThrow(
      'Invalid service_name: must be one of gdrive, dropbox, box, or null for a URL.',
    );
  });

  it('name every field that is wrong at once and repeat no value', () => {
    const parse = () => parseNew({ url: 'secret-url', interval: 'secret-interval', table_name: 4 });
    expect(parse).toThrow(/Invalid url: .*Invalid interval: .*Invalid table_name: /);
    expect(parse).not.toThrow(/secret/);
  });
});

describe('the fields of a change', () => {
  it('are only those that can be changed', () => {
    expect(
      parseChange({ interval: '7200', url: 'x', state: 'success', user_id: 'y', retried_times: 'z' }),
    ).toEqual({
      interval: 7200,
    });
  });

  it.each([true, false])('take options as %j and as its word', (on) => {
    expect(parseChange({ type_guessing: on, content_guessing: String(on) })).toEqual({
      type_guessing: on,
      content_guessing: on,
    });
  });

  it.each(['type_guessing', 'quoted_fields_guessing', 'content_guessing'])(
    'refuse %s that is neither',
    (field) => {
      for (const value of ['yes', 1, null, '', 'TRUE']) {
        expect(() => parseChange({ [field]: value })).toThrow(`Invalid ${field}: must be true or false.`);
      }
    },
  );

  it.each(['member', 'layer'])('tell a %s that is taken away from one that stays', (field) => {
    expect(parseChange({ [field]: 'b' })).toEqual({ [field]: 'b' });
    expect(parseChange({ [field]: null })).toEqual({ [field]: null });
    expect(parseChange({ [field]: '' })).toEqual({ [field]: null });
    expect(parseChange({})).toEqual({});
  });

  it.each([899, null, 'x'])('refuse the interval %j', (interval) => {
    expect(() => parseChange({ interval })).toThrow(floor);
  });
});

describe('a page', () => {
  it.each([
    [{}, { page: 1 }],
    [{ page: '2' }, { page: 2 }],
    [
      { page: '3', per_page: '20', order: 'x', api_key: 'k' },
      { page: 3, per_page: 20 },
    ],
  ])('of %j is %j', (query, page) => {
    expect(parseFields(pageFields, query)).toEqual(page);
  });

  it.each(['0', '-1', '1.5', 'two', '', ['1', '2'], '9999999999'])('number %j is refused', (number) => {
    expect(() => parseFields(pageFields, { page: number })).toThrow(
      'Invalid page: must be a whole number, 1 or above.',
    );
    expect(() => parseFields(pageFields, { per_page: number })).toThrow('Invalid per_page: must be');
  });
});
