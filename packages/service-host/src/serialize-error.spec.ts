import { describe, expect, it } from '@jest/globals';
import { serializeError } from './serialize-error.js';

describe('an error in the log', () => {
  it('keeps its kind, message, code, place and causes', () => {
    const cause = Object.assign(new Error('connect ECONNREFUSED'), {
      code: 'ECONNREFUSED',
      syscall: 'connect',
    });
    const logged = serializeError(new TypeError('could not ask', { cause }));
    expect(logged).toMatchObject({
      type: 'TypeError',
      message: 'could not ask',
      cause: { type: 'Error', message: 'connect ECONNREFUSED', code: 'ECONNREFUSED', syscall: 'connect' },
    });
    expect(logged.stack).toMatch(/^\s+at .*serialize-error\.spec/);
  });

  it.each([
    ['the request of an HTTP client', { config: { url: 'x', headers: { authorization: 'hunter2' } } }],
    [
      'the row in a database error',
      { detail: 'Key (url)=(hunter2) already exists.', where: 'COPY t, line 1: hunter2' },
    ],
    [
      'the parameters of a statement',
      { query: "select 'hunter2'", parameters: ['hunter2'], driverError: {} },
    ],
    ['the input of a parser', { input: 'hunter2' }],
  ])('leaves out %s', (_what, fields) => {
    const logged = JSON.stringify(serializeError(Object.assign(new Error('failed'), fields)));
    expect(logged).not.toContain('hunter2');
  });

  it.each([
    ['invalid input syntax for type integer: "hunter2"', '22P02'],
    ['value "hunter2 "x" y" is out of range for type integer', '22003'],
    ['GET https://example.org/a.csv?token=hunter2 failed', undefined],
    ['first line\nhunter2 on the second', undefined],
  ])('leaves values out of the message: %s', (message, code) => {
    const error = Object.assign(new Error(message), code === undefined ? {} : { code });
    expect(JSON.stringify(serializeError(error))).not.toContain('hunter2');
  });

  it('keeps the names of tables, which are quoted too', () => {
    const error = Object.assign(new Error('relation "runs" does not exist'), { code: '42P01' });
    expect(serializeError(error).message).toBe('relation "runs" does not exist');
  });

  it('survives what is no error, and causes that go round in a circle', () => {
    expect(serializeError('hunter2')).toEqual({
      type: 'string',
      message: 'something else than an error was thrown',
    });
    const error = new Error('round');
    error.cause = error;
    expect(JSON.stringify(serializeError(error)).match(/"message"/g)).toHaveLength(6);
  });
});
