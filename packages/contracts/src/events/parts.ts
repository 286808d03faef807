import { z } from 'zod';
import { accountLimitsSchema } from './account-limits.js';

/** What every event of a run carries: which run, of which synchronization. */
export const runReference = {
  runId: z.uuid().describe('The run.'),
  synchronizationId: z.uuid().describe('The synchronization that the run is an attempt at.'),
  runNumber: z
    .int()
    .positive()
    .describe('Counts the runs of one synchronization upwards from 1; a later run has a larger number.'),
};

/** An instant, ISO 8601 with zone. */
export const instant = z.iso.datetime({ offset: true });

/** The SHA-256 of a file's bytes. */
export const fileHash = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .describe("The SHA-256 of the file's bytes, in lower-case hex.");

/** How long a file is. */
export const fileBytes = z.int().nonnegative().describe('The length of the file in bytes.');

/** How far the validators of a source are believed, from what they were found to be worth. */
const validationSchema = z
  .object({
    comparedAt: instant.describe('When the content was last fetched and compared by its hash.'),
    believed: z
      .int()
      .nonnegative()
      .describe('How often in a row since then the source was believed that nothing had changed.'),
    confirmed: z
      .int()
      .nonnegative()
      .describe('How often in a row a comparison has found that the validators told the truth.'),
    trusted: z
      .enum(['all', 'last-modified', 'none'])
      .describe(
        'Which validators are asked by: all; the date only, since the tag changes while the content stays; none, ' +
          'since they stayed while the content changed.',
      ),
  })
  .describe('How far the validators are believed.');

export type Validation = z.infer<typeof validationSchema>;

/** Which version of the source a run saw. */
export const sourceVersionSchema = z
  .object({
    etag: z
      .string()
      .nullable()
      .describe('`ETag` exactly as received, to be echoed; `null` when there was none.'),
    lastModified: z
      .string()
      .nullable()
      .describe('`Last-Modified` exactly as received; `null` when there was none.'),
    revision: z
      .string()
      .optional()
      .describe("The provider's own word for this version of the file, opaque; only of storage services."),
    sha256: fileHash,
    bytes: fileBytes,
    validation: validationSchema
      .optional()
      .describe('How far the validators are believed; absent when nothing is known about them.'),
  })
  .describe('The version of the source that the run saw.');

export type SourceVersion = z.infer<typeof sourceVersionSchema>;

/** What the customer calls one of several things. */
const chosenName = z.string().min(1).nullish();

/** How the customer wants the file read. */
export const importOptionsSchema = z
  .object({
    typeGuessing: z
      .boolean()
      .describe('Columns get the type that fits all their values; otherwise all are text.'),
    quotedFieldsGuessing: z.boolean().describe('Values in quotes take part in that, too.'),
    contentGuessing: z.boolean().describe('Places named in words are looked for.'),
    member: chosenName.describe(
      'The member of an archive that is the table; `null` or absent leaves the choice to the importer.',
    ),
    layer: chosenName.describe(
      'The layer or sheet of a file that is the table; `null` or absent leaves the choice to the importer.',
    ),
    limits: accountLimitsSchema
      .optional()
      .describe('What the account may do more or less than others; absent when it has no limits of its own.'),
  })
  .describe('How the customer wants the file read.');

export type ImportOptions = z.infer<typeof importOptionsSchema>;

/** Where the table belongs. */
export const destinationSchema = z
  .object({
    schema: z.string().min(1).max(63).describe("The account's schema in the destination database."),
    tableName: z
      .string()
      .min(1)
      .nullable()
      .describe(
        'The name the customer asked for; `null` takes it from the file. Only the first import looks at it.',
      ),
  })
  .describe('Where the table belongs.');

export type Destination = z.infer<typeof destinationSchema>;
