import { z } from 'zod';
import {
  destinationSchema,
  fileBytes,
  fileHash,
  importOptionsSchema,
  instant,
  runReference,
  sourceVersionSchema,
} from './parts.js';

/** From the fetcher to the importer. */
export const runStagedV1Subject = 'sync.run.staged.v1';

/** A file at rest in the staged-file store, readable from any host that is configured with the same store. */
const stagedFileSchema = z
  .object({
    uri: z.string().min(1).describe('Names the file in the staged-file store; never a path.'),
    bytes: fileBytes,
    sha256: fileHash,
  })
  .describe('The file at rest, readable from any host that is configured with the same store.');

export type StagedFileReference = z.infer<typeof stagedFileSchema>;

export const runStagedV1Schema = z
  .object({
    ...runReference,
    accountId: z.uuid().optional().describe('Whose table it is; those who watch it hear of the progress.'),
    stagedAt: instant.describe('When the file was whole.'),
    file: stagedFileSchema,
    fileName: z
      .string()
      .max(255)
      .describe(
        "The file's own name, last path segment only, e.g. `ports.csv`; empty when the source gave none.",
      ),
    mediaType: z
      .string()
      .nullable()
      .describe(
        'The media type the source declared, lower-case, without parameters; `null` when it declared none.',
      ),
    source: sourceVersionSchema,
    destination: destinationSchema,
    options: importOptionsSchema,
    fetchMs: z
      .number()
      .nonnegative()
      .describe('Time from the first request to the whole file at rest, in milliseconds.'),
  })
  .describe(
    'Once this is published the whole file is durable, hashed, and readable from any importer at `file.uri`.',
  );

export type RunStagedV1 = z.infer<typeof runStagedV1Schema>;
