/** Why a row of a file is not in the table, each with what its customer is told. Closed, as the failure codes are. */
export const rejectReasons = {
  'text-after-quote': 'There is text after the quote that closes a value.',
  'quote-not-closed': 'A value begins with a quote and is not closed.',
  'fields-too-many': 'The row has more fields than the header.',
  'row-too-long': 'The row is longer than 32 MiB.',
  'json-invalid': 'The line is not valid JSON.',
  'json-no-object': 'The value is valid JSON, but not an object.',
  'json-no-array': 'The value is valid JSON, but not an array as the other rows are.',
  'json-no-feature': 'The object is no feature of GeoJSON.',
  'text-has-nul': 'A text has a NUL character, which the database cannot store.',
} as const;

export type RejectReason = keyof typeof rejectReasons;
