import { describe, expect, it } from '@jest/globals';
import { RejectedRows } from './rejected-rows.js';

function contentOf(text: string | Buffer, start = 0): string {
  const rejected = new RejectedRows();
  const bytes = Buffer.from(text);
  rejected.take(1, 'text-after-quote', bytes, start, bytes.length);
  return rejected.kept[0]!.content;
}

describe('RejectedRows', () => {
  it('counts all and keeps the first thousand', () => {
    const rejected = new RejectedRows();
    for (let line = 1; line <= 1_002; line++) rejected.take(line, 'json-invalid', Buffer.from('ab'), 1, 2);
    expect(rejected.count).toBe(1_002);
    expect(rejected.kept).toHaveLength(1_000);
    expect(rejected.kept.at(-1)).toEqual({ line: 1_000, reason: 'json-invalid', content: 'b' });
    rejected.clear();
    expect(rejected).toMatchObject({ count: 0, kept: [] });
  });

  it.each<[string, string, string]>([
    ['a short row', 'ä,"b"c', 'ä,"b"c'],
    ['a row of four kilobytes', 'x'.repeat(4_096), 'x'.repeat(4_096)],
    ['a longer row, cut', 'x'.repeat(4_097), 'x'.repeat(4_096)],
    ['a longer row, cut between characters', `${'x'.repeat(4_095)}ä`, 'x'.repeat(4_095)],
    ['a longer row, cut between large characters', `${'x'.repeat(4_093)}🌊`, 'x'.repeat(4_093)],
    ['what a database does not take for text, replaced', 'a\0b', 'a\ufffdb'],
  ])('keeps %s', (_name, text, content) => {
    expect(contentOf(text)).toBe(content);
  });
});
