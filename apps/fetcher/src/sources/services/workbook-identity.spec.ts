import { describe, expect, it } from '@jest/globals';
import { storedArchive } from '@tidetable/test-harness';
import { workbookIdentity } from './workbook-identity.js';

function identityOf(bytes: Buffer, pieceBytes = bytes.length): string | null {
  const identity = workbookIdentity();
  for (let at = 0; at < bytes.length; at += pieceBytes) identity.update(bytes.subarray(at, at + pieceBytes));
  return identity.identity();
}

const cells = { '[Content_Types].xml': '<Types/>', 'xl/worksheets/sheet1.xml': '<c>1</c>' };

describe('the identity of a workbook', () => {
  it('is the same for the same cells, whenever they were exported', () => {
    const morning = storedArchive(
      { ...cells, 'docProps/core.xml': '<created>09:00</created>' },
      new Date(1_000),
    );
    const evening = storedArchive(
      { ...cells, 'docProps/core.xml': '<created>18:00</created>' },
      new Date(2_000),
    );
    expect(morning.equals(evening)).toBe(false);
    expect(identityOf(morning)).toMatch(/^[0-9a-f]{64}$/);
    expect(identityOf(evening)).toBe(identityOf(morning));
  });

  it('is another one for other cells, other sheets and other names', () => {
    const contents: Record<string, string>[] = [
      cells,
      { ...cells, 'xl/worksheets/sheet1.xml': '<c>2</c>' },
      { ...cells, 'xl/worksheets/sheet2.xml': '' },
      { '[Content_Types].xml': '<Types/>', 'xl/worksheets/sheet3.xml': '<c>1</c>' },
    ];
    const known = contents.map((members) => identityOf(storedArchive(members)));
    expect(new Set(known).size).toBe(known.length);
    expect(known).not.toContain(null);
  });

  it('does not depend on the pieces, or on how much goes by before the directory', () => {
    const large = storedArchive({ ...cells, 'xl/sharedStrings.xml': 'x'.repeat(5_000_000) });
    expect(identityOf(large, 100_000)).toBe(identityOf(large));
    expect(identityOf(large)).not.toBeNull();
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['a page', Buffer.from('<!DOCTYPE html><title>Sign in</title>')],
    ['a part of an archive', storedArchive(cells).subarray(0, 60)],
    ['the end of an archive alone', storedArchive(cells).subarray(-22)],
    ['an archive without members', storedArchive({})],
  ])('is not there for %s', (_what, bytes) => {
    expect(identityOf(bytes)).toBeNull();
  });
});
