import { describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { isDatabaseAway } from './is-database-away.js';

const failed = (code: string): pg.DatabaseError =>
  Object.assign(new pg.DatabaseError('failed', 1, 'error'), { code });
const plain = (code?: string): Error => Object.assign(new Error(), code === undefined ? {} : { code });

describe('the database is away', () => {
  it.each([
    ['a connection is refused', plain('ECONNREFUSED')],
    ['its name cannot be resolved', plain('ENOTFOUND')],
    ['no connection can be had in time', plain()],
    ['it accepts no more connections', plain('53300')],
    ['it is starting up', plain('57P03')],
    ['it is shutting down', failed('57P01')],
    ['a connection breaks', plain('ECONNRESET')],
    ['a question is not answered in time', plain()],
    ['a connection fails by its own account', failed('08006')],
  ])('when %s', (_, error) => {
    expect(isDatabaseAway(error)).toBe(true);
  });

  it.each([
    ['a value is refused', failed('22P02')],
    ['a constraint is violated', failed('23505')],
    ['a table is missing', failed('42P01')],
    ['a login is refused', plain('28P01')],
    ['our own code is wrong', new TypeError('x is undefined')],
  ])('not when %s', (_, error) => {
    expect(isDatabaseAway(error)).toBe(false);
  });
});
