/**
 * An answer other than the one that was asked for: thrown wherever a request is refused, and turned into a
 * response by the error filter. The message is for the client and never repeats what the client sent.
 */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(
    readonly statusCode: number,
    message: string,
    /** What the answer says beside `errors`. */
    readonly extra: Readonly<Record<string, unknown>> = {},
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

/** 400: the request itself is wrong; the message names the field. */
export function badRequest(message: string): Refusal {
  return new Refusal(400, message);
}

/** 401: nobody, or not the account this address belongs to. */
export function notAuthenticated(message: string): Refusal {
  return new Refusal(401, message, {}, { 'www-authenticate': 'Basic realm="Tidetable", Bearer' });
}

/** 403: the account is known and disabled. `error` is the word CARTO's clients look for. */
export function lockedOut(): Refusal {
  return new Refusal(403, 'This account is disabled.', { error: 'lockout' });
}

/** 403: the key is right, and not for this. */
export function scopeInsufficient(scope: string, needed: string): Refusal {
  const message = `This needs a key of scope ${needed}; the key that was shown has scope ${scope}.`;
  return new Refusal(403, message, { error: 'scope-insufficient' });
}

/** 429: more requests than are allowed; headers say of which limit. */
export function tooManyRequests(
  whose: string,
  retrySeconds: number,
  headers: Readonly<Record<string, string>>,
): Refusal {
  return new Refusal(
    429,
    `There were too many requests ${whose}. Try again in ${retrySeconds} s.`,
    { error: 'too-many-requests' },
    { ...headers, 'retry-after': String(retrySeconds) },
  );
}

/** 404: the same for what never existed, was deleted, or is someone else's. */
export function notFound(what: string): Refusal {
  return new Refusal(404, `There is no such ${what}.`);
}

/** 503: no importer answers, which alone can look into the destination database. */
export function importersAway(): Refusal {
  return new Refusal(
    503,
    'No importer answers at the moment. Try again in a few seconds.',
    { error: 'importers-away' },
    { 'retry-after': '5' },
  );
}

/** 503: no fetcher answers, which alone knows the connections to storage services. */
export function fetchersAway(): Refusal {
  return new Refusal(
    503,
    'No fetcher answers at the moment. Try again in a few seconds.',
    { error: 'fetchers-away' },
    { 'retry-after': '5' },
  );
}

/** 503: the metadata database cannot be asked right now. */
export function temporarilyUnavailable(): Refusal {
  return new Refusal(
    503,
    'The service is temporarily unavailable. Try again in a few seconds.',
    {},
    { 'retry-after': '5' },
  );
}
