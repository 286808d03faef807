import { describe, expect, it } from '@jest/globals';
import {
  synchronizationEvents,
  synchronizationStates,
  synchronizationTransitions,
} from '@tidetable/contracts';
import { readFileSync } from 'node:fs';

const document = readFileSync(new URL('../../../docs/state-machine.md', import.meta.url), 'utf8');

describe('docs/state-machine.md', () => {
  it('draws exactly the arrows of the state machine', () => {
    const drawn = [...document.matchAll(/^ {2}(\w+) --> (\w+): (\w+)$/gm)].map(([, from, to, event]) =>
      [from, event, to].join(' '),
    );
    const decided = synchronizationStates.flatMap((from) =>
      synchronizationEvents.flatMap((event) => {
        const to = synchronizationTransitions[from][event];
        return to === null ? [] : [[from, event, to].join(' ')];
      }),
    );
    expect(drawn.sort()).toEqual(decided.sort());
  });

  it.each([...synchronizationStates, ...synchronizationEvents])('explains %s', (word) => {
    expect(document).toMatch(new RegExp(`^\\| \`${word}\` +\\|`, 'm'));
  });
});
