import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import {
  isSame,
  readBoxNotification,
  readDriveNotification,
  readDropboxNotification,
} from './read-notification.js';

describe('a notification of Dropbox', () => {
  const secret = 'app_secret_for_tests';
  const body = Buffer.from(
    '{"list_folder": {"accounts": ["dbid:AAH4f99T0taONIb-OurWxbNQ6ywGRopQngc"]}, "delta": {"users": [12345678]}}',
  );
  const signature = '48a7e99c6dea117c046e320d29d94514bf1fa74fed326aca4decae8b92df3b04';

  it('names accounts', () => {
    expect(readDropboxNotification(body, { 'x-dropbox-signature': signature }, secret)).toEqual([
      'dbid:AAH4f99T0taONIb-OurWxbNQ6ywGRopQngc',
    ]);
  });

  it.each([
    ['another byte', Buffer.concat([body, Buffer.from(' ')]), signature, secret],
    ['another secret', body, signature, 'other'],
    ['another signature', body, signature.replace('4', '5'), secret],
    ['upper case', body, signature.toUpperCase(), secret],
    ['half a signature', body, signature.slice(0, 32), secret],
    ['an empty signature', body, '', secret],
    ['no signature', body, undefined, secret],
  ])('is none with %s', (_, bytes, given, key) => {
    const headers = given === undefined ? {} : { 'x-dropbox-signature': given };
    expect(readDropboxNotification(bytes, headers as Record<string, string>, key)).toBeNull();
  });

  it.each(['', '[]', 'null', '{}', '{"list_folder":{"accounts":"x"}}', '{"list_folder":{"accounts":[7]}}'])(
    'that is signed and says nothing names nobody: %s',
    (text) => {
      const signed = createHmac('sha256', secret).update(text).digest('hex');
      expect(readDropboxNotification(Buffer.from(text), { 'x-dropbox-signature': signed }, secret)).toEqual(
        [],
      );
    },
  );
});

describe('a notification of Box', () => {
  const keys = { primary: 'primary_key_for_tests', secondary: null };
  const timestamp = '2024-01-02T03:04:05-08:00';
  const now = new Date(timestamp);
  const minutesLater = (minutes: number) => new Date(now.getTime() + minutes * 60_000);
  const sign = (text: string, key: string) =>
    createHmac('sha256', key).update(text).update(timestamp).digest('base64');
  const text = JSON.stringify({
    ...{ type: 'webhook_event', trigger: 'FILE.UPLOADED', webhook: { id: '98765' } },
    source: { type: 'file', id: '12345', name: 'Straße.csv' },
  });
  const headersOf = (more: Record<string, string> = {}) => ({
    'box-delivery-id': 'd1',
    'box-delivery-timestamp': timestamp,
    'box-signature-version': '1',
    'box-signature-algorithm': 'HmacSHA256',
    'box-signature-primary': sign(text, 'primary_key_for_tests'),
    'box-signature-secondary': sign(text, 'secondary_key_for_tests'),
    ...more,
  });
  const read = (more: Record<string, string> = {}, given: object = keys, at = now, body = text) =>
    readBoxNotification(Buffer.from(body), headersOf(more), { ...keys, ...given }, at);
  const said = { deliveryId: 'd1', webhookId: '98765', trigger: 'FILE.UPLOADED', fileId: '12345' };

  it('is signed with the bytes of the body and of the time', () => {
    const vector = '{"type":"webhook_event","id":"e1","trigger":"FILE.UPLOADED"}';
    expect(sign(vector, 'primary_key_for_tests')).toBe('5Ep+am1fY+YPc+gKmxOUigX+bRbVe3+kPoRmt0kQwUg=');
  });

  it.each([
    ['primary', keys],
    ['secondary', { primary: null, secondary: 'secondary_key_for_tests' }],
    ['changed primary and the secondary', { primary: 'new', secondary: 'secondary_key_for_tests' }],
    ['primary and a changed secondary', { secondary: 'new' }],
  ])('is read with the %s key', (_, given) => {
    expect(read({}, given)).toEqual(said);
  });

  it('is read when it was signed before its characters were written out', () => {
    const escaped = text.replace('ß', '\\u00df');
    expect(read({ 'box-signature-primary': sign(escaped, 'primary_key_for_tests') })).toEqual(said);
  });

  it.each([-10, -9, 0, 9, 10])('is read %i minutes after it was sent', (minutes) => {
    expect(read({}, keys, minutesLater(minutes))).toEqual(said);
  });

  it.each([-11, 11, 60])('is none %i minutes after it was sent', (minutes) => {
    expect(read({}, keys, minutesLater(minutes))).toBeNull();
  });

  it.each<[string, Record<string, string>, object]>([
    ['no key of ours', {}, { primary: null }],
    ['another key', {}, { primary: 'other' }],
    ['its signatures exchanged', { 'box-signature-primary': sign(text, 'secondary_key_for_tests') }, {}],
    ['an empty signature', { 'box-signature-primary': '' }, {}],
    [
      'another time than that which was signed',
      { 'box-delivery-timestamp': '2024-01-02T03:04:06-08:00' },
      {},
    ],
    ['a time that is none', { 'box-delivery-timestamp': 'soon' }, {}],
    ['no delivery id', { 'box-delivery-id': '' }, {}],
    ['another version', { 'box-signature-version': '2' }, {}],
    ['another algorithm', { 'box-signature-algorithm': 'none' }, {}],
  ])('is none with %s', (_, more, given) => {
    expect(read(more, given)).toBeNull();
  });

  it('is none with another body', () => {
    expect(read({}, keys, now, text.replace('12345', '12346'))).toBeNull();
  });
});

describe('a notification of Drive', () => {
  const headers = {
    'x-goog-channel-id': '6f1b2c1e-0d1f-4f0d-9f3b-1a2b3c4d5e6f',
    'x-goog-message-number': '17',
    'x-goog-resource-id': 'r',
    'x-goog-channel-token': 't',
    'x-goog-resource-state': 'update',
  };

  it('says through which channel it came', () => {
    expect(readDriveNotification(headers)).toEqual({
      channelId: '6f1b2c1e-0d1f-4f0d-9f3b-1a2b3c4d5e6f',
      resourceId: 'r',
      token: 't',
      messageNumber: 17,
      state: 'update',
    });
  });

  it.each([
    ['x-goog-channel-id', ''],
    ['x-goog-channel-id', "6f1b2c1e' OR true"],
    ['x-goog-message-number', '-1'],
    ['x-goog-message-number', '1e9'],
    ['x-goog-message-number', ''],
  ])('is none with %s: %s', (name, value) => {
    expect(readDriveNotification({ ...headers, [name]: value })).toBeNull();
  });
});

describe('the comparison of secrets', () => {
  it.each<[string | undefined, string, boolean]>([
    ['a', 'a', true],
    ['a', 'b', false],
    ['a', 'aa', false],
    [undefined, '', false],
    [undefined, 'a', false],
    ['', 'a', false],
  ])('of %j with %j is %j', (given, expected, same) => {
    expect(isSame(given, expected)).toBe(same);
  });
});
