import { describe, expect, it } from '@jest/globals';
import { Synchronization } from '@tidetable/metadata-db';
import { type FirstRun, presentImport } from './present-import.js';

const report = {
  schema: 'demo',
  table: 'ports',
  rows: 3,
  columns: [],
  geometries: null,
  warnings: [],
  fetchMs: 1,
  loadMs: 1,
  indexMs: 1,
  swapMs: 1,
};

const synchronization = Object.assign(new Synchronization(), {
  id: 'sync',
  accountId: 'account',
  firstRunId: 'run',
  url: 'https://example.org/data/ports.csv?key=1',
  serviceName: null,
  serviceItemId: null,
  requestedTableName: null,
  name: null,
  typeGuessing: true,
  quotedFieldsGuessing: false,
  contentGuessing: true,
});

function run(columns: Partial<FirstRun> = {}): FirstRun {
  return {
    isStarted: false,
    outcome: null,
    failureCode: null,
    failureDetail: null,
    report: null,
    ...columns,
  };
}

describe('an import', () => {
  it('has every field before its run exists', () => {
    expect(presentImport({ synchronization, run: null })).toEqual({
      id: 'run',
      user_id: 'account',
      table_id: null,
      data_type: 'url',
      table_name: null,
      state: 'enqueued',
      error_code: null,
      queue_id: 'run',
      tables_created_count: null,
      synchronization_id: 'sync',
      type_guessing: true,
      quoted_fields_guessing: false,
      content_guessing: true,
      create_visualization: false,
      visualization_id: null,
      user_defined_limits: '{}',
      get_error_text: null,
      display_name: 'ports.csv',
      original_url: synchronization.url,
      service_name: null,
      service_item_id: null,
      warnings: null,
      is_raster: false,
    });
  });

  it('of a file in a storage service names the service and the item, and no URL', () => {
    const item = { url: null, serviceName: 'dropbox', serviceItemId: 'id:1' } as const;
    const ofService = Object.assign(new Synchronization(), synchronization, item);
    expect(presentImport({ synchronization: ofService, run: null })).toMatchObject({
      data_type: 'datasource',
      display_name: 'id:1',
      original_url: '',
      service_name: 'dropbox',
      service_item_id: 'id:1',
    });
  });

  it.each([
    [{}, 'pending'],
    [{ isStarted: true }, 'importing'],
  ])('whose run is open with %j is %s and says nothing about success', (columns, state) => {
    const shown = presentImport({ synchronization, run: run(columns) });
    expect(shown.state).toBe(state);
    expect(shown).not.toHaveProperty('success');
  });

  it('that loaded a table is complete and names it', () => {
    expect(presentImport({ synchronization, run: run({ outcome: 'imported', report }) })).toMatchObject({
      state: 'complete',
      success: true,
      table_name: 'ports',
      display_name: 'ports',
      tables_created_count: 1,
      warnings: null,
    });
  });

  it('that found nothing new is complete', () => {
    const named = Object.assign(new Synchronization(), synchronization, { name: 'ports' });
    expect(presentImport({ synchronization: named, run: run({ outcome: 'unchanged' }) })).toMatchObject({
      state: 'complete',
      success: true,
      table_name: 'ports',
    });
  });

  it('passes on the warnings of its report', () => {
    const warned = { ...report, warnings: ['2 rows have no coordinates.'] };
    expect(
      presentImport({ synchronization, run: run({ outcome: 'imported', report: warned }) }).warnings,
    ).toEqual({
      messages: ['2 rows have no coordinates.'],
    });
  });

  it('that failed says what about it and whose fault it is', () => {
    const failed = run({ outcome: 'failed', failureCode: 'source-not-found' });
    expect(presentImport({ synchronization, run: failed })).toMatchObject({
      state: 'failure',
      success: false,
      table_name: null,
      error_code: 1100,
      get_error_text: {
        title: 'File not found',
        what_about: expect.stringContaining('There is no file at this URL.'),
        source: 'user',
      },
    });
  });

  it.each([
    ['https://example.org/data/ports.csv', null, 'ports.csv'],
    ['https://example.org/data/', null, 'data'],
    ['https://example.org', null, 'example.org'],
    ['https://example.org/data/ports.csv', 'harbours', 'harbours'],
  ])('of %s with the table name %j is displayed as %s', (url, requestedTableName, displayName) => {
    const named = Object.assign(new Synchronization(), synchronization, { url, requestedTableName });
    expect(presentImport({ synchronization: named, run: null }).display_name).toBe(displayName);
  });
});
