import { describe, expect, it } from '@jest/globals';
import { SyncError } from '@tidetable/contracts';
import { admitEntry, type EntryKind, tell } from './admit-entry.js';

function admit(name: string, kind: EntryKind = 'file', count = 1): boolean | string {
  try {
    return admitEntry(count, name, kind);
  } catch (error) {
    if (error instanceof SyncError) return error.message;
    throw error;
  }
}

describe('admitEntry', () => {
  it.each(['a.csv', 'folder/a.csv', './a.csv', 'a..b.csv', '..a/b..', 'folder\\a.csv', 'a', 'reader.csv'])(
    'admits %j',
    (name) => expect(admit(name)).toBe(!name.startsWith('..')),
  );

  it.each([
    '__MACOSX/._a.csv',
    '__MACOSX/a.csv',
    'folder/.hidden.csv',
    '.git/a.csv',
    'README.txt',
    'folder/ne_readme.txt',
    'readme',
    'Readme.md',
    'ne_10m_ports.README.html.version.txt',
    'ports.VERSION.txt',
    'folder/',
  ])('passes over %j', (name) => {
    expect(admit(name)).toBe(false);
  });

  it('passes over folders', () => {
    expect(admit('a.csv', 'directory')).toBe(false);
  });

  it.each([
    '../a.csv',
    'folder/../../a.csv',
    '..\\a.csv',
    '/etc/passwd',
    '\\\\host\\share',
    'C:\\a.csv',
    'c:a.csv',
    'a\0.csv',
    '..',
    '../__MACOSX/a',
  ])('refuses %j', (name) => {
    expect(admit(name)).toMatch(/^archive-unsafe: .* would lie outside of it$/);
  });

  it.each<EntryKind>(['link', 'device'])('refuses a %s', (kind) => {
    expect(admit('a.csv', kind)).toBe(`archive-unsafe: a.csv is a ${kind}`);
  });

  it('refuses more entries than anybody packs', () => {
    expect(admit('a.csv', 'file', 10_000)).toBe(true);
    expect(admit('a.csv', 'file', 10_001)).toBe('archive-too-large: at most 10000 entries are allowed');
  });
});

describe('tell', () => {
  it('makes a name fit for a sentence', () => {
    expect(tell('a\n\u202eb.csv')).toBe('a??b.csv');
    expect(tell('x'.repeat(60))).toBe('x'.repeat(60));
    expect(tell('😀'.repeat(61))).toBe(`${'😀'.repeat(59)}…`);
  });
});
