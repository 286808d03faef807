import { describe, expect, it } from '@jest/globals';
import { Synchronization } from '@tidetable/metadata-db';
import {
  presentCreatedSynchronization,
  presentSynchronization,
  visibleState,
} from './present-synchronization.js';

const url = 'https://public.url.to.file/sample_file';

/** A synchronization as it is right after its creation. */
function created(columns: Partial<Synchronization> = {}): Synchronization {
  const at = new Date('2014-08-05T13:39:15.123Z');
  return Object.assign(new Synchronization(), {
    id: 'abcd1234-a5b6-47d8-9a2b-ef015678abcd',
    accountId: 'aaaabbbb-1234-4678-9cba-abcd1234ef01',
    url,
    serviceName: null,
    serviceItemId: null,
    intervalSeconds: 3_600,
    requestedTableName: null,
    typeGuessing: true,
    quotedFieldsGuessing: true,
    contentGuessing: false,
    member: null,
    layer: 'ports',
    headerNames: ['X-Api-Key'],
    hasBasicAuth: true,
    optionsChangedAt: at,
    firstRunId: '1234abcd-1234-4a2b-9c4d-4321dcba5678',
    logId: '06fafab8-3502-41e4-9514-0e230854a1cb',
    createdAt: at,
    syncRequestedAt: null,
    deletedAt: null,
    state: 'created',
    name: null,
    runAt: new Date('2014-08-05T14:39:15.123Z'),
    ranAt: at,
    updatedAt: at,
    attemptedAt: null,
    retriedTimes: 0,
    failureCode: null,
    failureDetail: null,
    sourceEtag: null,
    importedAt: null,
    ...columns,
  });
}

/** The same after its first import. */
function succeeded(columns: Partial<Synchronization> = {}): Synchronization {
  const at = new Date('2016-02-01T12:45:07.900Z');
  return created({
    state: 'success',
    name: 'barrios_5',
    attemptedAt: at,
    importedAt: at,
    ranAt: at,
    ...columns,
  });
}

/** The same after a failed run. */
function failed(columns: Partial<Synchronization> = {}): Synchronization {
  return created({
    state: 'failure',
    attemptedAt: new Date('2014-08-05T13:40:00Z'),
    failureCode: 'source-not-found',
    retriedTimes: 1,
    ...columns,
  });
}

describe('a created synchronization', () => {
  it('is shown field by field as in the guide', () => {
    expect(presentCreatedSynchronization(created())).toEqual({
      data_import: { endpoint: '/api/v1/imports', item_queue_id: '1234abcd-1234-4a2b-9c4d-4321dcba5678' },
      id: 'abcd1234-a5b6-47d8-9a2b-ef015678abcd',
      name: null,
      interval: 3600,
      url,
      state: 'created',
      user_id: 'aaaabbbb-1234-4678-9cba-abcd1234ef01',
      created_at: '2014-08-05T13:39:15+00:00',
      updated_at: '2014-08-05T13:39:15+00:00',
      run_at: '2014-08-05T14:39:15+00:00',
      ran_at: '2014-08-05T13:39:15+00:00',
      modified_at: null,
      etag: null,
      checksum: '',
      log_id: '06fafab8-3502-41e4-9514-0e230854a1cb',
      error_code: null,
      error_message: null,
      retried_times: 0,
      service_name: null,
      service_item_id: null,
      type_guessing: true,
      quoted_fields_guessing: true,
      content_guessing: false,
      visualization_id: null,
      from_external_source: false,
      member: null,
      layer: 'ports',
      header_names: ['X-Api-Key'],
      has_basic_auth: true,
    });
  });

  it('survives the trip through JSON with every field present', () => {
    const shown = presentSynchronization(created());
    expect(JSON.parse(JSON.stringify(shown))).toEqual(shown);
  });
});

describe('a synchronization that was attempted', () => {
  it('has its URL as service_item_id', () => {
    expect(presentSynchronization(succeeded()).service_item_id).toBe(url);
  });

  it('of a file in a storage service has no URL, and its item from the beginning', () => {
    const columns = { url: null, serviceName: 'box', serviceItemId: '7' } as const;
    const shown = { url: null, service_name: 'box', service_item_id: '7' };
    expect(presentSynchronization(created(columns))).toMatchObject(shown);
    expect(presentSynchronization(succeeded(columns))).toMatchObject(shown);
  });

  it.each([
    [null, null],
    ['"5e1b"', '5e1b'],
    ['W/"5e1b"', 'W/5e1b'],
    ['unquoted', 'unquoted'],
  ])('shows the entity tag %j as %j, in checksum too', (sourceEtag, shown) => {
    expect(presentSynchronization(succeeded({ sourceEtag }))).toMatchObject({ etag: shown, checksum: shown });
  });

  it('keeps its checksum empty until a first import succeeded', () => {
    expect(presentSynchronization(failed()).checksum).toBe('');
  });

  it('says what failed, by number and in words', () => {
    const { error_code, error_message, retried_times } = presentSynchronization(failed());
    expect({ error_code, retried_times }).toEqual({ error_code: 1100, retried_times: 1 });
    expect(error_message).toMatch(/^There is no file at this URL\./);
  });

  it('puts the detail of a failure into its message', () => {
    const row = failed({ failureCode: 'csv-malformed', failureDetail: 'line 7' });
    expect(presentSynchronization(row).error_message).toContain('(line 7)');
  });

  it.each(['queued', 'syncing'] as const)(
    'keeps its last reason while the schedule tries again: %s',
    (state) => {
      expect(presentSynchronization(failed({ state }))).toMatchObject({ state, error_code: 1100 });
    },
  );

  it('does not look failed once a refresh is asked for', () => {
    const row = failed({ syncRequestedAt: new Date('2014-08-05T14:00:00Z') });
    expect(presentSynchronization(row)).toMatchObject({
      state: 'queued',
      error_code: null,
      error_message: null,
    });
  });

  it('does not look failed after a success, whatever a column still says', () => {
    const row = succeeded({ failureCode: 'source-timeout' });
    expect(presentSynchronization(row)).toMatchObject({ error_code: null, error_message: null });
  });
});

describe('the visible state', () => {
  const attempted = new Date('2020-01-01T00:00:00Z');
  const later = new Date('2020-01-01T00:00:01Z');

  it.each([
    ['created', null, null, 'created'],
    ['queued', attempted, later, 'queued'],
    ['syncing', attempted, later, 'syncing'],
    ['success', attempted, null, 'success'],
    ['success', attempted, attempted, 'success'],
    ['success', attempted, later, 'queued'],
    ['success', later, attempted, 'success'],
    ['failure', attempted, null, 'failure'],
    ['failure', attempted, later, 'queued'],
    ['failure', later, attempted, 'failure'],
  ] as const)('of %s, attempted %s and asked for %s, is %s', (state, attemptedAt, syncRequestedAt, shown) => {
    expect(visibleState({ state, attemptedAt, syncRequestedAt })).toBe(shown);
  });
});
