import { describe, expect, it } from '@jest/globals';
import { classifyNetworkFailure, networkCodeOf } from './classify-network-failure.js';

const withCode = (code: string, options?: ErrorOptions): Error =>
  Object.assign(new Error('x', options), { code });

describe('a network failure', () => {
  it.each([
    ['ECONNREFUSED', 'source-unreachable'],
    ['ECONNRESET', 'source-unreachable'],
    ['EHOSTUNREACH', 'source-unreachable'],
    ['ENETUNREACH', 'source-unreachable'],
    ['EADDRNOTAVAIL', 'source-unreachable'],
    ['EPIPE', 'source-unreachable'],
    ['ENOTFOUND', 'source-host-unknown'],
    ['EAI_AGAIN', 'source-host-unknown'],
    ['EAI_FAIL', 'source-host-unknown'],
    ['ETIMEDOUT', 'source-timeout'],
    ['CERT_HAS_EXPIRED', 'source-tls-invalid'],
    ['CERT_NOT_YET_VALID', 'source-tls-invalid'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'source-tls-invalid'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'source-tls-invalid'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'source-tls-invalid'],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'source-tls-invalid'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'source-tls-invalid'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'source-tls-invalid'],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'source-tls-invalid'],
    ['EPROTO', 'source-tls-invalid'],
    ['HPE_INVALID_CONSTANT', 'source-http-error'],
    ['HPE_HEADER_OVERFLOW', 'source-http-error'],
  ] as const)('with %s is %s', (code, expected) => {
    expect(classifyNetworkFailure(code)?.code).toBe(expected);
  });

  it.each(['EMFILE', 'ENFILE', 'ENOMEM', 'ENOBUFS', 'EACCES', 'EPERM', 'ERR_INVALID_ARG_TYPE', ''])(
    'with %p is not the fault of the source',
    (code) => {
      expect(classifyNetworkFailure(code)).toBeNull();
    },
  );
});

describe('the code of an error', () => {
  it('is found under the errors that were made from it', () => {
    expect(networkCodeOf(withCode('ECONNRESET'))).toBe('ECONNRESET');
    expect(networkCodeOf(new Error('x', { cause: withCode('EPIPE') }))).toBe('EPIPE');
    expect(networkCodeOf(withCode('ERR_BAD_RESPONSE', { cause: withCode('ECONNRESET') }))).toBe('ECONNRESET');
    expect(networkCodeOf(new AggregateError([withCode('ENETUNREACH'), withCode('ECONNREFUSED')]))).toBe(
      'ENETUNREACH',
    );
  });

  it('is empty where there is none', () => {
    expect(networkCodeOf(new Error('x'))).toBe('');
    expect(networkCodeOf('x')).toBe('');
  });
});
