import { describe, expect, it } from '@jest/globals';
import { helpText, parseCommand, UsageError } from './parse-command.js';

describe('parsing', () => {
  it.each([
    [['sync', 'list', '--json'], 'list', '', { json: true }],
    [['sync', 'logs', 'ports', '-f'], 'logs', 'ports', { follow: true }],
    [
      ['sync', 'create', 'http://a/b.csv', '--every', '1h', '-w'],
      'create',
      'http://a/b.csv',
      { every: '1h', watch: true },
    ],
    [['sync', 'show', '--help'], 'help', '', {}],
    [[], 'help', '', {}],
  ])('%j is understood', (words, name, target, values) => {
    const command = parseCommand(words);
    expect({ ...command, values: { ...command.values } }).toEqual({ name, target, values });
  });

  it.each([
    [['sync']],
    [['sink', 'list']],
    [['sync', 'show']],
    [['sync', 'list', 'x']],
    [['sync', 'list', '--key=x']],
  ])('%j is refused', (words) => {
    expect(() => parseCommand(words)).toThrow(UsageError);
  });

  it('has help for every command', () => {
    for (const name of ['list', 'show', 'create', 'run', 'logs', 'rejects', 'delete'])
      expect(helpText()).toContain(`tidetable sync ${name}`);
  });
});
