import { describe, expect, it } from '@jest/globals';
import { readNotatedNumber } from './notated-number.js';

describe('readNotatedNumber', () => {
  it.each<[string, string | null, string | null]>([
    ['1,5', null, '1.5'],
    ['1,234', '1234', '1.234'],
    ['1.234', '1.234', '1234'],
    ['1,234.5', '1234.5', null],
    ['1.234,5', null, '1234.5'],
    ['1,234,567', '1234567', null],
    ['1.234.567', null, '1234567'],
    ['1,234,567.89', '1234567.89', null],
    ['1 234 567,89', null, '1234567.89'],
    ['1 234 567', '1234567', '1234567'],
    ["1'234'567.5", '1234567.5', null],
    ['-1,234.5', '-1234.5', null],
    [',5', null, '.5'],
    ['1,2345', null, '1.2345'],
    ['12', '12', '12'],
    ['1234,5', null, '1234.5'],
    ['12,5e-7', null, '12.5e-7'],
    ['$1,234.50', '1234.50', null],
    ['-$5', '-5', '-5'],
    ['$-5', '-5', '-5'],
    ['$ 5', '5', '5'],
    ['5 €', '5', '5'],
    ['5€', '5', '5'],
    ['EUR 5', '5', '5'],
    ['5\u00a0CHF', '5', '5'],
    ['5%', '5', '5'],
    ['5,5 %', null, '5.5'],
  ])('reads %j as %j with a point, as %j with a comma', (text, point, comma) => {
    expect(readNotatedNumber(text)).toMatchObject({ point, comma });
  });

  it.each([
    '',
    'x',
    '$',
    '%',
    '1,23,456',
    '12,34,567',
    '1234,567.8',
    '1,234 567',
    '1,234.567.8',
    '1.2.3',
    '1..2',
    '1,,2',
    '1 23',
    '1  234',
    '5 km',
    '5 XXX',
    '$5%',
    '$5€',
    '%5',
    '-$-5',
    '--5',
    '+5',
    '5-',
    '(5)',
    '5 5',
    '1.',
    '1,',
  ])('leaves %j alone', (text) => {
    expect(readNotatedNumber(text)).toBeNull();
  });

  it('takes no address of a host for a number', () => {
    expect(readNotatedNumber('192.168.100.200')).toBeNull();
  });
});
