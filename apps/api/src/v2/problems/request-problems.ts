/** What is known of one way in which a request is refused. Texts are public and repeat nothing that was sent. */
export interface RequestProblem {
  readonly status: number;
  /** A few words, for a heading. */
  readonly title: string;
  /** What happened, as a full sentence. */
  readonly sentence: string;
  /** What to do next, as a full sentence. */
  readonly remedy: string;
}

/**
 * Every way in which a request to `/api/v2` is refused, beside the failures of the error catalogue. A code is the last
 * part of the problem's `type` and never changes its meaning; no code of the catalogue may stand here as well.
 */
export const requestProblems = {
  'request-malformed': {
    status: 400,
    title: 'Request not understood',
    sentence: 'The request line or the headers could not be understood.',
    remedy: 'Check how the address is encoded; a per cent sign must be followed by two hexadecimal digits.',
  },
  'body-malformed': {
    status: 400,
    title: 'Body not understood',
    sentence: 'The body is not a JSON object.',
    remedy: 'Send a JSON object in UTF-8.',
  },
  'parameters-invalid': {
    status: 400,
    title: 'Wrong parameters',
    sentence: 'A parameter of the query, or a header, is unknown or has a value that it cannot have.',
    remedy: 'Correct what the list "errors" names.',
  },
  'cursor-invalid': {
    status: 400,
    title: 'Wrong cursor',
    sentence: 'The cursor is not one of ours, or it belongs to a list with other filters.',
    remedy: 'Follow the link "next" as it is, or begin again without a cursor.',
  },
  'key-missing': {
    status: 401,
    title: 'No API key',
    sentence: 'The request shows no API key.',
    remedy: 'Send the key as a bearer token, or with HTTP Basic as the password of the account.',
  },
  'key-invalid': {
    status: 401,
    title: 'Wrong API key',
    sentence: 'The API key is unknown or revoked, or it is not a key of the account that the request names.',
    remedy: 'Check the key and the account, or have a new key made.',
  },
  'account-disabled': {
    status: 403,
    title: 'Account disabled',
    sentence: 'The account is disabled: its tables stay, and nothing of it is refreshed.',
    remedy: 'Ask the operator of this installation to enable the account.',
  },
  'scope-insufficient': {
    status: 403,
    title: 'Key not meant for this',
    sentence: 'The API key is valid, and its scope does not reach as far as this request.',
    remedy: 'Use a key of the scope that "detail" names; a key of scope admin can make one.',
  },
  'quota-exceeded': {
    status: 403,
    title: 'Quota used up',
    sentence: 'The account has as much of it as it may have.',
    remedy: 'End what is not needed any more, or ask the operator of this installation for more.',
  },
  'not-found': {
    status: 404,
    title: 'Not found',
    sentence: 'There is nothing at this address: it never existed, was deleted, or belongs to somebody else.',
    remedy: 'Check the address and the ids in it.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'Method not allowed',
    sentence: 'There is something at this address, and this method cannot be used on it.',
    remedy: 'Use one of the methods that the header Allow names.',
  },
  'not-acceptable': {
    status: 406,
    title: 'No such representation',
    sentence: 'The header Accept leaves out the one media type that is here.',
    remedy: 'Accept the media type that "detail" names, or leave the header out.',
  },
  conflict: {
    status: 409,
    title: 'Not possible now',
    sentence: 'What was asked for cannot be done as things are at the moment.',
    remedy: 'See "detail" for what stands in the way.',
  },
  'run-open': {
    status: 409,
    title: 'Refresh under way',
    sentence: 'A run of this synchronization is under way or asked for already.',
    remedy: 'Wait for its end; it brings the table in step.',
  },
  'run-ended': {
    status: 409,
    title: 'Run ended before',
    sentence: 'The run has ended already, so there is nothing to cancel.',
    remedy: 'Look at its outcome; ask for another refresh if you need one.',
  },
  'request-in-flight': {
    status: 409,
    title: 'Request under way',
    sentence: 'A request with this Idempotency-Key is being handled.',
    remedy: 'Send it again after as many seconds as Retry-After says, to get its answer.',
  },
  'last-admin-key': {
    status: 409,
    title: 'Last admin key',
    sentence: 'This is the last admin key: without it the account could no longer manage its keys.',
    remedy: 'Make another admin key first, or repeat the request with even_if_last=true.',
  },
  'precondition-failed': {
    status: 412,
    title: 'Changed meanwhile',
    sentence: 'What is stored is no longer the version that If-Match names.',
    remedy: 'Read it again, and decide with what it is now.',
  },
  'body-too-large': {
    status: 413,
    title: 'Body too large',
    sentence: 'The body is larger than is accepted here.',
    remedy: 'Send less at a time; a body may be 1 MiB long.',
  },
  'media-type-unsupported': {
    status: 415,
    title: 'Not JSON',
    sentence: 'The header Content-Type names something other than JSON.',
    remedy: 'Send JSON, and say so with Content-Type: application/json.',
  },
  'fields-invalid': {
    status: 422,
    title: 'Wrong fields',
    sentence: 'A field of the body is missing, unknown, or has a value that it cannot have.',
    remedy: 'Correct what the list "errors" names.',
  },
  'idempotency-key-reused': {
    status: 422,
    title: 'Idempotency-Key used before',
    sentence: 'Another request was sent with this Idempotency-Key within the last 24 hours.',
    remedy: 'Send each request with a key of its own, and repeat it as it was, with the same API key.',
  },
  'refresh-too-soon': {
    status: 429,
    title: 'Too soon',
    sentence: 'The last attempt is too recent for a refresh by hand.',
    remedy: 'Ask again after as many seconds as Retry-After says, or wait for the schedule.',
  },
  'streams-too-many': {
    status: 429,
    title: 'Too many streams',
    sentence: 'The account has as many streams of events open as it may have at a time.',
    remedy: 'Close one of them, or watch the whole account with one.',
  },
  'plans-too-many': {
    status: 429,
    title: 'Too many plans',
    sentence: 'As many plans are being made as may be at a time, of this account or of all.',
    remedy: 'Wait for those that are under way, and try again after as many seconds as Retry-After says.',
  },
  'plan-timed-out': {
    status: 504,
    title: 'Plan not finished in time',
    sentence: 'The file could not be fetched and read to its end in the time that a plan may take.',
    remedy:
      'Try again if the source was slow; create the synchronization if the file is large, as a run has more time.',
  },
  'request-refused': {
    status: 400,
    title: 'Request refused',
    sentence: 'The request cannot be handled.',
    remedy: 'See "detail" for the reason.',
  },
  'too-many-requests': {
    status: 429,
    title: 'Too many requests',
    sentence: 'There were more requests in a short time than are allowed.',
    remedy:
      'Wait for as many seconds as Retry-After says; the header RateLimit of each answer tells what is left.',
  },
  'internal-error': {
    status: 500,
    title: 'Our fault',
    sentence: 'Something went wrong on our side.',
    remedy: 'Try again; if it stays, tell the operator of this installation the id in "instance".',
  },
  'credentials-not-configured': {
    status: 501,
    title: 'Credentials cannot be kept',
    sentence: 'This installation has no database to keep headers and passwords in.',
    remedy: 'Ask the operator of this installation to configure it, or use an address that needs neither.',
  },
  'logins-not-possible': {
    status: 501,
    title: 'Logins cannot be made',
    sentence: 'The importers of this installation may not make users in the database.',
    remedy: 'Ask the operator of this installation to give the role of the importers CREATEROLE.',
  },
  unavailable: {
    status: 503,
    title: 'Away for the moment',
    sentence: 'The service is temporarily unavailable.',
    remedy: 'Try again after as many seconds as Retry-After says.',
  },
  'importers-away': {
    status: 503,
    title: 'No importer answers',
    sentence: 'No importer answers, which alone can look into the tables.',
    remedy: 'Try again after as many seconds as Retry-After says.',
  },
  'fetchers-away': {
    status: 503,
    title: 'No fetcher answers',
    sentence: 'No fetcher answers, which alone knows connections and credentials.',
    remedy: 'Try again after as many seconds as Retry-After says.',
  },
  'schedulers-away': {
    status: 503,
    title: 'No scheduler answers',
    sentence: 'No scheduler answers, which alone can end a run.',
    remedy: 'Try again after as many seconds as Retry-After says.',
  },
} as const satisfies Record<string, RequestProblem>;

export type RequestProblemCode = keyof typeof requestProblems;
