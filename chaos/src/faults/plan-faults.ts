import { type Random, randomOf } from '../random.js';
import { type Fault, type FaultDeed, linkNames, replicas, serviceNames } from './fault.js';

/** First tables exist by then. */
const calmBeginningMs = 15_000;
/** Longest fault; the last one is over when the load ends. */
const longestMs = 12_000;
const gapMs = { min: 1_500, max: 8_000 };

/** How often each kind comes, in parts. Killing is cheap to survive and to be had at every moment, so it is the rule. */
const kinds: readonly (readonly [parts: number, (random: Random) => FaultDeed])[] = [
  [10, (random) => ({ kind: 'kill-service', ...someService(random), durationMs: random.whole(200, 4_000) })],
  [
    // From a little shorter to much longer than it takes until a worker counts as dead.
    4,
    (random) => ({ kind: 'freeze-service', ...someService(random), durationMs: random.whole(1_500, 9_000) }),
  ],
  [2, (random) => ({ kind: 'kill-server', server: random.pick(['postgres', 'nats']), durationMs: 0 })],
  [1, (random) => ({ kind: 'restart-server', server: random.pick(['postgres', 'nats']), durationMs: 0 })],
  [
    3,
    (random) => ({
      kind: 'stall-link',
      link: random.pick(linkNames),
      durationMs: random.whole(1_000, longestMs),
    }),
  ],
  [3, (random) => ({ kind: 'cut-link', link: random.pick(linkNames), durationMs: random.whole(500, 6_000) })],
  [1, (random) => ({ kind: 'fill-staging-disk', durationMs: random.whole(3_000, 10_000) })],
];

const parts = kinds.reduce((sum, [weight]) => sum + weight, 0);

/**
 * Everything that will go wrong in so many milliseconds, in order: a pure function of the seed, so that a run can be had
 * again. Faults overlap, as they do in earnest. None begins so late that it would outlast the load.
 */
export function planFaults(seed: number, durationMs: number): Fault[] {
  const random = randomOf(seed, 0);
  const faults: Fault[] = [];
  let atMs = calmBeginningMs;
  while (atMs < durationMs - longestMs) {
    faults.push({ atMs, ...someDeed(random) });
    atMs += random.whole(gapMs.min, gapMs.max);
  }
  return faults;
}

function someDeed(random: Random): FaultDeed {
  let left = random.whole(1, parts);
  for (const [weight, make] of kinds) {
    left -= weight;
    if (left <= 0) return make(random);
  }
  throw new Error('the parts of all kinds add up');
}

function someService(
  random: Random,
): Pick<Extract<FaultDeed, { kind: 'kill-service' }>, 'service' | 'replica'> {
  return { service: random.pick(serviceNames), replica: random.whole(0, replicas - 1) };
}
