import { describe, expect, it } from '@jest/globals';
import { parseOptions } from './options.js';

describe('parseOptions', () => {
  it('takes what is given and has a default for the rest', () => {
    expect(parseOptions([], 5)).toEqual({ seed: 5, minutes: 10, synchronizations: 80 });
    expect(parseOptions(['--minutes', '0.5', '--seed', '7', '--synchronizations', '20'], 5)).toEqual({
      seed: 7,
      minutes: 0.5,
      synchronizations: 20,
    });
  });

  it.each([
    [['--sed', '7'], '--sed is unknown'],
    [['--seed'], '--seed takes a whole number'],
    [['--seed', '1.5'], '--seed takes a whole number'],
    [['--minutes', '0'], '--minutes takes a number from 0.5 to 120'],
    [['--synchronizations', 'many'], '--synchronizations takes a whole number'],
  ])('refuses %j', (args, sentence) => {
    expect(() => parseOptions(args, 1)).toThrow(sentence);
  });
});
