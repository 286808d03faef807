import { describe, expect, it } from '@jest/globals';
import { followUpAddress } from './follow-up-address.js';

const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n';
const raw = 'https://raw.githubusercontent.com/o/r/main/data/ports.csv';
const question = (action: string): string => `<html><form id="download-form" action="${action}" method="get">
  <input type="hidden" name="id" value="1AbC"><input type="hidden" name="export" value="download">
  <input type="hidden" name="confirm" value="t"><input type="hidden" name="uuid" value="5f&amp;0">
  <input type="submit" value="Download anyway"></form></html>`;
const follow = (head: string, url: string): string | undefined =>
  followUpAddress(Buffer.from(head), new URL(url))?.href;

describe('an answer that only speaks of the file', () => {
  it('is followed from a pointer of Git LFS to the file', () => {
    expect(follow(pointer, raw)).toBe('https://media.githubusercontent.com/media/o/r/main/data/ports.csv');
  });

  it.each(['https://drive.usercontent.google.com/download', '/download'])(
    'is followed through the question about viruses at %s',
    (action) => {
      expect(follow(question(action), 'https://drive.usercontent.google.com/download?id=1AbC')).toBe(
        'https://drive.usercontent.google.com/download?id=1AbC&export=download&confirm=t&uuid=5f%260',
      );
    },
  );

  it.each([
    [pointer, 'https://data.example.org/ports.csv'],
    ['id,name\n1,a\n', raw],
    [question('https://evil.example/x'), 'https://drive.google.com/uc?id=1AbC'],
    [question('http://drive.google.com/uc'), 'https://drive.google.com/uc?id=1AbC'],
    [question('https://drive.google.com/uc'), 'https://data.example.org/x'],
    ['<html></html>', 'https://drive.google.com/uc?id=1AbC'],
  ])('is not followed otherwise: %#', (head, url) => {
    expect(follow(head, url)).toBeUndefined();
  });
});
