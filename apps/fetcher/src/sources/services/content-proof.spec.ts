import { describe, expect, it } from '@jest/globals';
import { type ContentProof, proofDigest } from './content-proof.js';

const few = Buffer.from('a,b\n1,2\n');
const ramp = Uint8Array.from({ length: 256 }, (_none, value) => value);
const block = Buffer.alloc(4 * 1024 * 1024, ramp);

const examples: [ContentProof['algorithm'], string, Buffer, string][] = [
  ['md5', 'a few bytes', few, 'e5ebd4c02cefbe7955977c67ada242b7'],
  ['sha1', 'a few bytes', few, '2aa26ec98d674d5160b612c7edad7172d85c9df7'],
  ['sha1', 'a few bytes, in capitals', few, '2AA26EC98D674D5160B612C7EDAD7172D85C9DF7'],
  ['sha256', 'a few bytes', few, '492d5ea496056f1a6a6592241032fab764c321596317930b4fa0e1e8bc3b7470'],
  ['dropbox', 'nothing', Buffer.alloc(0), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['dropbox', 'a few bytes', few, '2661b0d5234d4d8d9899a9466952f8aa7948d7f84b4c4633643cf2a2ceff3514'],
  ['dropbox', 'a block', block, '894bbb52d1212d6bcbe9967f1a2169138c4d4af0c8dfbaeae86cd1d3f0c03faf'],
  [
    'dropbox',
    'a byte more than a block',
    Buffer.concat([block, Buffer.from([255])]),
    '9149387a91f71c7c2149b8427d15526b71c1a38d6c6f999ad71486a2ce788d57',
  ],
  [
    'dropbox',
    'three blocks and a half',
    Buffer.alloc(14 * 1024 * 1024, ramp),
    'f61d3ae93fa4f7646d37949fc0885141bf682faa9a130896b93459c650335d0f',
  ],
];

describe.each(examples)('%s of %s', (algorithm, _what, bytes, digest) => {
  it.each([1_000_003, 4 * 1024 * 1024, 20_000_000])('is right in pieces of %i bytes', (pieceBytes) => {
    const proof = proofDigest({ algorithm, digest });
    for (let at = 0; at < bytes.length; at += pieceBytes) proof.update(bytes.subarray(at, at + pieceBytes));
    expect(proof.isRight()).toBe(true);
  });

  it('is wrong with a byte more', () => {
    const proof = proofDigest({ algorithm, digest });
    proof.update(bytes);
    proof.update(Buffer.from('!'));
    expect(proof.isRight()).toBe(false);
  });
});
