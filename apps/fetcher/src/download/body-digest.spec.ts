import { describe, expect, it } from '@jest/globals';
import { announcedDigest, type DigestHeaders } from './body-digest.js';

const content = 'a,b\n1,2\n';
const sha256 = 'SS1epJYFbxpqZZIkEDL6t2TDIVljF5MLT6Dh6Lw7dHA=';
const md5 = '5evUwCzvvnlVl3xnraJCtw==';

function check(headers: DigestHeaders, arrived = content): [string, boolean] | null {
  const digest = announcedDigest(headers);
  if (digest === null) return null;
  for (const letter of arrived) digest.update(Buffer.from(letter));
  return [digest.algorithm, digest.isRight()];
}

describe('an announced checksum', () => {
  it.each<[DigestHeaders, string]>([
    [{ reprDigest: `sha-256=:${sha256}:` }, 'SHA-256'],
    [{ reprDigest: `md5=:${md5}:, sha-256=:${sha256}:` }, 'SHA-256'],
    [{ digest: `SHA-256=${sha256}` }, 'SHA-256'],
    [{ digest: `md5=${md5},unixsum=30637` }, 'MD5'],
    [{ contentMd5: md5 }, 'MD5'],
    [{ contentMd5: md5, reprDigest: `sha-256=:${sha256}:` }, 'SHA-256'],
  ])('%j is right for what arrived and for nothing else', (headers, algorithm) => {
    expect(check(headers)).toEqual([algorithm, true]);
    expect(check(headers, content.slice(1))).toEqual([algorithm, false]);
  });

  it.each<[DigestHeaders]>([
    [{}],
    [{ reprDigest: 'sha-256=:short:' }],
    [{ reprDigest: 'unixcksum=:aGk=:' }],
    [{ digest: 'crc32c=AAAAAA==' }],
    [{ contentMd5: 'e5ebd4c02cefbe7955977c67ada242b7' }],
    [{ contentMd5: '' }],
  ])('%j is not understood and not checked', (headers) => {
    expect(check(headers)).toBeNull();
  });

  it('that is understood counts where a stronger one is not', () => {
    expect(check({ reprDigest: 'sha-512=:short:', contentMd5: md5 })).toEqual(['MD5', true]);
  });
});
