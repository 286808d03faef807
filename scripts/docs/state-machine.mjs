import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  synchronizationEvents,
  synchronizationStateFacts,
  synchronizationStates,
  synchronizationTransitions,
} from '@tidetable/contracts';
import { table } from './markdown.mjs';

/** What the code says stands between these lines; the rest of the document is written by hand. */
const begins = '<!-- states: written by scripts/generate-docs.mjs from the code -->';
const ends = '<!-- /states -->';

function diagram() {
  const arrows = synchronizationStates.flatMap((from) =>
    synchronizationEvents.flatMap((event) => {
      const to = synchronizationTransitions[from][event];
      return to === null ? [] : [`  ${from} --> ${to}: ${event}`];
    }),
  );
  return ['```mermaid', 'stateDiagram-v2', `  [*] --> ${synchronizationStates[0]}`, ...arrows, '```'].join(
    '\n',
  );
}

/** Every state with every event; a dash where the event changes nothing. */
function transitions() {
  const rows = synchronizationStates.map((from) => [
    `\`${from}\``,
    ...synchronizationEvents.map((event) => {
      const to = synchronizationTransitions[from][event];
      return to === null ? '–' : `\`${to}\``;
    }),
  ]);
  return table(['in', ...synchronizationEvents.map((event) => `\`${event}\``)], rows);
}

function facts() {
  const rows = synchronizationStates.map((state) => {
    const { setBy, meaning, exit, deadline } = synchronizationStateFacts[state];
    return [`\`${state}\``, setBy, meaning, exit, deadline];
  });
  return table(['state', 'set by', 'meaning', 'how it is left', 'by when'], rows);
}

/** docs/state-machine.md: the diagram, every pair of state and event, and the exit of each state. */
export function writeStateMachine(checkout) {
  const document = readFileSync(join(checkout, 'docs/state-machine.md'), 'utf8');
  const [before, rest] = document.split(begins);
  const after = rest?.split(ends)[1];
  if (after === undefined)
    throw new Error('docs/state-machine.md lacks the lines between which the states stand');
  return [`${before}${begins}`, diagram(), transitions(), facts(), `${ends}${after}`].join('\n\n');
}
