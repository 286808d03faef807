import type { SourceVersion, Validation } from '@tidetable/contracts';
import { isSameTag } from './validators.js';

type Validators = Pick<SourceVersion, 'etag' | 'lastModified'>;

/**
 * How often in a row a source may be believed that nothing has changed, at most: a tag stands for one version, a weak
 * one for something like it, and a date for nothing when somebody puts an older file in its place.
 */
const beliefsMax = { strong: 32, weak: 8, date: 4 };
/** No belief outlives this without the content having been seen, in milliseconds. */
const beliefAgeMsMax = 7 * 24 * 60 * 60_000;

/** What is known of validators that were never put to the test. */
function unproven(now: Date): Validation {
  return { comparedAt: now.toISOString(), believed: 0, confirmed: 0, trusted: 'all' };
}

/**
 * The version to ask a source about, or `null` when the content itself has to be seen: because none is known, its
 * validators have been caught lying, they were believed often enough, or somebody asked by hand.
 *
 * Unproven validators are believed once, then compared; each comparison that proves them right doubles how often they
 * are believed before the next, up to a bound that depends on their kind. So a change that a lying server hides is
 * found on schedule, and from then on that server is not believed any more.
 */
export function believableVersion(
  previous: SourceVersion | null,
  isAskedByHand: boolean,
  now: Date,
): SourceVersion | null {
  // A storage service's own word for a version has a hash of the content in it, which needs no putting to the test.
  if (previous?.revision !== undefined) return previous;
  if (previous === null || isAskedByHand) return null;
  const { comparedAt, believed, confirmed, trusted } = previous.validation ?? unproven(now);
  const etag = trusted === 'all' ? previous.etag : null;
  const lastModified = trusted === 'none' ? null : previous.lastModified;
  if (etag === null && lastModified === null) return null;
  const kind = etag === null ? 'date' : etag.startsWith('W/') ? 'weak' : 'strong';
  if (believed >= Math.min(2 ** confirmed, beliefsMax[kind])) return null;
  if (now.getTime() - Date.parse(comparedAt) > beliefAgeMsMax) return null;
  return { ...previous, etag, lastModified };
}

/** What is known of the validators after the source was believed once more. */
export function afterBelief(previous: SourceVersion, now: Date): Validation {
  const { validation = unproven(now) } = previous;
  return { ...validation, believed: validation.believed + 1 };
}

/** What is known of the validators after content was seen that came with `seen`. */
export function afterComparison(
  previous: SourceVersion | null,
  seen: Validators,
  isSameContent: boolean,
  now: Date,
): Validation {
  const { confirmed, trusted } = previous?.validation ?? unproven(now);
  const compared = { comparedAt: now.toISOString(), believed: 0 };
  if (previous === null) return { ...compared, confirmed: 0, trusted: 'all' };
  const verdict = isSameContent
    ? verdictOnSameContent(previous, seen)
    : verdictOnOtherContent(previous, seen);
  return verdict === 'right'
    ? { ...compared, confirmed: confirmed + 1, trusted }
    : { ...compared, confirmed: 0, trusted: lessOf(trusted, verdict) };
}

type Verdict = 'right' | Validation['trusted'];

/** A tag that changes though neither the content nor its date does is of no use: it would fetch everything each time. */
function verdictOnSameContent(previous: Validators, seen: Validators): Verdict {
  if (previous.etag === null || seen.etag === null || isSameTag(previous.etag, seen.etag)) return 'right';
  const isSameDate = previous.lastModified !== null && previous.lastModified === seen.lastModified;
  return isSameDate ? 'last-modified' : 'all';
}

/** Validators that stayed while the content changed would have hidden it, and so would a date that has gone back. */
function verdictOnOtherContent(previous: Validators, seen: Validators): Verdict {
  const dateHides = wouldDateHide(previous.lastModified, seen.lastModified);
  if (previous.etag !== null && seen.etag !== null) {
    if (!isSameTag(previous.etag, seen.etag)) return 'right';
    return dateHides !== false ? 'none' : 'last-modified';
  }
  return dateHides === true ? 'none' : 'right';
}

/** `null` where there are no two dates to compare. */
function wouldDateHide(previous: string | null, seen: string | null): boolean | null {
  return previous === null || seen === null ? null : Date.parse(seen) <= Date.parse(previous);
}

function lessOf(one: Validation['trusted'], other: Validation['trusted']): Validation['trusted'] {
  const order = ['none', 'last-modified', 'all'] as const;
  return order[Math.min(order.indexOf(one), order.indexOf(other))] ?? 'none';
}
