import { z } from 'zod';
import { failureSchema } from '../errors/failure.js';

const lines = z.array(z.int().nonnegative()).max(20).describe('The lines, or rows, of the first ones.');
const bounds = z.array(z.number()).length(4).describe('West, south, east and north, in degrees.');

const plannedColumnSchema = z
  .object({
    name: z.string().describe('What it would be called in the table.'),
    header: z.string().nullable().describe('What the file calls it, cut; `null` where it has no name there.'),
    type: z.string().describe('The type that it would have, in the words of PostgreSQL.'),
    why: z.string().max(300).describe('Why this type, in a sentence without the value of any cell.'),
  })
  .describe('A column of the table.');

const columnReference = z.object({
  name: z.string().describe('The column.'),
  type: z.string().describe('Its type.'),
});

/** What a file would become, as an importer has read it. */
export const tablePlanSchema = z
  .object({
    file: z
      .object({
        name: z.string().describe('The name of the file that the table is in.'),
        format: z.string().describe('What it is, by its content.'),
        bytes: z.int().nonnegative().describe('How long the file at the source is.'),
        member: z.string().nullable().describe('The member of an archive that was asked for.'),
        otherMembers: z
          .array(z.string())
          .describe('What else in the archive could be the table, by names that `member` takes.'),
        layer: z.string().nullable().describe('The layer or sheet that was asked for.'),
        otherLayers: z
          .array(z.string())
          .describe('What else in the file could be the table, by names that `layer` takes.'),
      })
      .describe('What the source gave.'),
    columns: z.array(plannedColumnSchema).describe('The columns, in order.'),
    geometry: z
      .object({
        type: z.enum(['Geometry', 'Point']).describe('The type of the column `the_geom`.'),
        from: z
          .enum(['format', 'text', 'point', 'country'])
          .describe(
            'Where it comes from: the format; a column of geometries; two columns of numbers; names of countries.',
          ),
        columns: z.array(z.string()).describe('The columns that it is made of, by header or name.'),
        srids: z
          .array(z.int())
          .describe('The reference systems that its values name; empty where all are degrees (4326).'),
        rows: z.int().nonnegative().describe('How many rows would have one.'),
        bounds: bounds.nullable().describe('`null` where it is not cheap to tell.'),
      })
      .nullable()
      .describe('Where the rows are; `null` when nothing tells.'),
    rows: z.int().nonnegative().describe('How many rows the table would have.'),
    rejected: z
      .object({
        rows: z.int().nonnegative().describe('How many rows of the file would not be in the table.'),
        reasons: z
          .array(
            z.object({
              reason: z.string().describe('Why, as a code.'),
              sentence: z.string().describe('Why, as a sentence.'),
              lines,
            }),
          )
          .describe('Why, of the first thousand of them.'),
      })
      .describe('What the table would lack.'),
    firstRows: z
      .array(z.array(z.string().nullable()))
      .describe(
        'The first rows as they stand in the file, in the order of its columns, each value cut. Secret: never logged.',
      ),
    fileColumns: z.array(z.string().nullable()).describe('The headers of `firstRows`, in order.'),
    warnings: z.array(z.string()).describe('What else is worth knowing, without the value of any cell.'),
    difference: z
      .object({
        table: z.string().describe('The name of the table.'),
        added: z.array(columnReference).describe('Columns that the table does not have.'),
        removed: z.array(columnReference).describe('Columns that the table would lose.'),
        retyped: z
          .array(
            z.object({
              name: z.string().describe('The column.'),
              from: z.string().describe('The type that it has.'),
              to: z.string().describe('The type that it would have.'),
            }),
          )
          .describe('Columns that would change their types.'),
      })
      .nullable()
      .describe('What would change of the table that is there; `null` when there is none.'),
  })
  .describe('What a file would become.');

export type TablePlan = z.infer<typeof tablePlanSchema>;

export const plannedOutcome = z.object({
  outcome: z.literal('planned').describe('The file was read to its end.'),
  plan: tablePlanSchema,
});

export const notPlannedOutcome = z.object({
  outcome: z.literal('failed').describe('A run would fail as well.'),
  failure: failureSchema,
});

export const busyOutcome = z.object({
  outcome: z.literal('busy').describe('As many plans are made as may be at a time.'),
});
