import { describe, expect, it } from '@jest/globals';
import { parseBody } from './parse-body.js';

const form = 'application/x-www-form-urlencoded';

describe('a body', () => {
  it.each([
    ['', undefined, {}],
    [' \r\n', 'application/json', {}],
    ['null', 'application/json', {}],
    ['{"a":1}', 'application/json', { a: 1 }],
    ['{"a":1}', 'application/json; charset=utf-8', { a: 1 }],
    ['{"a":1}', undefined, { a: 1 }],
    ['{"a":1}', 'text/plain', { a: 1 }],
    [' {"a":1}', form, { a: 1 }],
    ['a=1&b=x%20y+z', form, { a: '1', b: 'x y z' }],
    ['a=1', 'Application/X-WWW-Form-Urlencoded; charset=UTF-8', { a: '1' }],
    ['a=1&a=2', form, { a: '2' }],
  ])('%j of type %j holds %j', (text, contentType, fields) => {
    expect(parseBody(text, contentType)).toEqual(fields);
  });

  it.each([
    ['{"a":', 'application/json'],
    ['a=1', 'application/json'],
    ['a=1', undefined],
    ['{"a":1', form],
  ])('%j of type %j is refused without being repeated', (text, contentType) => {
    expect(() => parseBody(text, contentType)).toThrow(/^Invalid body: must be well-formed JSON\.$/);
  });

  it.each(['[1]', '"a"', '7', 'true'])('%s is refused, as it has no fields', (text) => {
    expect(() => parseBody(text, 'application/json')).toThrow('Invalid body: must be a JSON object.');
  });
});
