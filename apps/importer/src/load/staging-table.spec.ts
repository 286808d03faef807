import { describe, expect, it } from '@jest/globals';
import { runIdOfStagingTable, stagingSequenceName, stagingTableName } from './staging-table.js';
import { stagingIndexes } from './build-indexes.js';

const runId = '0f8fad5b-d9cb-469f-a165-70867728950e';

describe('names of staging tables', () => {
  it('tell the run', () => {
    expect(stagingTableName(runId)).toBe('run_0f8fad5bd9cb469fa16570867728950e');
    expect(runIdOfStagingTable(stagingTableName(runId))).toBe(runId);
  });

  it.each([
    'run_',
    'run_0f8fad5b',
    'other',
    'run_0f8fad5bd9cb469fa16570867728950e_1',
    'xrun_0f8fad5bd9cb469fa16570867728950e',
    'run_0F8FAD5BD9CB469FA16570867728950E',
  ])('are not seen in %j', (name) => {
    expect(runIdOfStagingTable(name)).toBeNull();
  });

  it('leave room for the names of what belongs to the table', () => {
    const { key, geometry, webmercator } = stagingIndexes(runId);
    const names = [key, geometry, webmercator, stagingSequenceName(runId)];
    expect(names.every((name) => name.length <= 63)).toBe(true);
    expect(new Set(names).size).toBe(names.length);
  });
});
