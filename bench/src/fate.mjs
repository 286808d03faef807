/** What becomes of each run in a replayed day: the same in every replay. */
import { createHash } from 'node:crypto';

/** One in so many sources is on a slow host. */
const slowOneIn = 50;
const slowMs = [1_000, 10_000];
const failingShare = 0.05;
/** What waiting may mend, what the user has to, and what a source asks for itself. */
const failures = ['source-unreachable', 'source-not-found', 'source-rate-limited'];

/** How long the run with this number takes, in milliseconds, and by which code it fails, if it does. */
export function fateOf(number, runNumber) {
  const dice = createHash('sha1').update(`${number}:${runNumber}`).digest();
  const share = (at) => dice.readUInt32BE(at) / 2 ** 32;
  const isSlow = number % slowOneIn === 7;
  return {
    tookMs: isSlow ? slowMs[0] + share(0) * (slowMs[1] - slowMs[0]) : 0,
    failure: share(4) < failingShare ? failures[dice[8] % failures.length] : null,
  };
}
