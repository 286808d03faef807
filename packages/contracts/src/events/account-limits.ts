import { z } from 'zod';

/** The limits that an account may have of its own, by what they bound. */
export const accountLimitNames = ['fileBytes', 'rows', 'columns', 'vertices', 'layers'] as const;

export type AccountLimitName = (typeof accountLimitNames)[number];

const limit = z.int().positive().optional();

/** What an account may do more or less than others; what is absent is as the installation is configured. */
export const accountLimitsSchema = z
  .object({
    fileBytes: limit.describe('The largest file, in bytes.'),
    rows: limit.describe('The most rows of a table.'),
    columns: limit.describe('The most columns of a file.'),
    vertices: limit.describe('The most vertices of one geometry.'),
    layers: limit.describe('The most layers of a file.'),
    tableBytes: limit.describe(
      'The most bytes of the table with its indexes: what is left of the account’s storage.',
    ),
  })
  .describe("The account's own limits.");

export type AccountLimits = z.infer<typeof accountLimitsSchema>;
