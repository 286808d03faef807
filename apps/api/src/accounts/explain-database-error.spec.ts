import { describe, expect, it } from '@jest/globals';
import { QueryFailedError } from 'typeorm';
import { explainDatabaseError } from './explain-database-error.js';

const failed = (code: string): Error =>
  new QueryFailedError('', [], Object.assign(new Error('secret'), { code }));
const plain = (code?: string): Error =>
  Object.assign(new Error('secret'), code === undefined ? {} : { code });

describe('trouble with the metadata database', () => {
  it.each([
    [failed('42P01'), 'Run the migrations first'],
    [plain('28P01'), 'refused the login'],
    [plain('3D000'), 'does not exist'],
    [failed('23514'), 'refused the change (23514)'],
    [plain('ECONNREFUSED'), 'cannot be reached at METADATA_DATABASE_URL (ECONNREFUSED)'],
    [plain(), 'cannot be reached at METADATA_DATABASE_URL.'],
  ])('%# is told in a sentence that repeats no text of the driver', (error, sentence) => {
    expect(explainDatabaseError(error)).toContain(sentence);
    expect(explainDatabaseError(error)).not.toContain('secret');
  });
});
