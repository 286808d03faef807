import { z } from 'zod';

/** What every event of a run carries: which run, of which synchronization. */
export const runReference = {
  runId: z.uuid(),
  synchronizationId: z.uuid(),
  /** Counts the runs of one synchronization upwards from 1; a later run has a larger number. */
  runNumber: z.int().positive(),
};

/** An instant, ISO 8601 with zone. */
export const instant = z.iso.datetime({ offset: true });

/**
 * Which version of the source a run saw. `etag` and `lastModified` are the header values exactly as received,
 * so that they can be echoed; `null` where the source gave none.
 */
export const sourceVersionSchema = z.object({
  etag: z.string().nullable(),
  lastModified: z.string().nullable(),
  /** Lower-case hex of the SHA-256 of the file's bytes. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.int().nonnegative(),
});

export type SourceVersion = z.infer<typeof sourceVersionSchema>;

/** How the customer wants the file read. */
export const importOptionsSchema = z.object({
  typeGuessing: z.boolean(),
  quotedFieldsGuessing: z.boolean(),
  contentGuessing: z.boolean(),
});

export type ImportOptions = z.infer<typeof importOptionsSchema>;

/** Where the table belongs. */
export const destinationSchema = z.object({
  /** The account's schema in the destination database. */
  schema: z.string().min(1).max(63),
  /** The name the customer asked for; `null` takes it from the file. Only the first import looks at it. */
  tableName: z.string().min(1).nullable(),
});

export type Destination = z.infer<typeof destinationSchema>;
