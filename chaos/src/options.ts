/** What the command line asks for. */
export interface ChaosOptions {
  /** Decides which faults come when. */
  readonly seed: number;
  /** How long load and faults last; settling and verifying come on top, bounded as well. */
  readonly minutes: number;
  /** How many synchronizations there are at the beginning. */
  readonly synchronizations: number;
}

const names = ['seed', 'minutes', 'synchronizations'] as const;

/**
 * Reads `--seed 7 --minutes 10 --synchronizations 80`, each of which may be missing.
 *
 * @throws with a sentence that says what is wrong.
 */
export function parseOptions(args: readonly string[], defaultSeed: number): ChaosOptions {
  const options = { seed: defaultSeed, minutes: 10, synchronizations: 80 };
  for (let at = 0; at < args.length; at += 2) {
    const name = names.find((known) => args[at] === `--${known}`);
    if (name === undefined)
      throw new Error(`${args[at]} is unknown; known are ${names.map((n) => `--${n}`).join(', ')}.`);
    options[name] = readNumber(name, args[at + 1]);
  }
  return options;
}

const bounds = {
  seed: { min: 0, max: 2 ** 31, whole: true },
  minutes: { min: 0.5, max: 120, whole: false },
  synchronizations: { min: 10, max: 2_000, whole: true },
} as const;

function readNumber(name: keyof typeof bounds, text: string | undefined): number {
  const { min, max, whole } = bounds[name];
  const number = Number(text);
  if (text && number >= min && number <= max && (!whole || Number.isInteger(number))) return number;
  throw new Error(`--${name} takes ${whole ? 'a whole number' : 'a number'} from ${min} to ${max}.`);
}
