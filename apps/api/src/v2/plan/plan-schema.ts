import { z } from 'zod';

const column = z.object({ name: z.string(), type: z.string() });

/** What a file would become, as it is sent. */
export const planSchema = z
  .object({
    file: z
      .object({
        name: z.string().meta({ description: 'The name of the file that the table is in.' }),
        format: z.string().meta({ description: 'What it is, by its content.' }),
        bytes: z.int().meta({ description: 'How long the file at the source is.' }),
        member: z.string().nullable().meta({ description: 'The member that was asked for.' }),
        other_members: z
          .array(z.string())
          .meta({ description: 'What else in the archive `member` can choose; the first hundred.' }),
        layer: z.string().nullable().meta({ description: 'The layer that was asked for.' }),
        other_layers: z
          .array(z.string())
          .meta({ description: 'What else in the file `layer` can choose; the first hundred.' }),
      })
      .meta({ description: 'What the source gave.' }),
    columns: z
      .array(
        z.object({
          name: z.string().meta({ description: 'Its name in the table.' }),
          header: z
            .string()
            .nullable()
            .meta({ description: 'Its name in the file; `null` where it has none, and for our own.' }),
          type: z.string().meta({ description: 'Its type, in the words of PostgreSQL.' }),
          why: z.string().meta({ description: 'Why it has this type.' }),
        }),
      )
      .meta({ description: 'The columns of the table, in order.' }),
    geometry: z
      .object({
        type: z
          .enum(['Geometry', 'Point'])
          .meta({ description: 'The type of `the_geom`; `Geometry` stands for all.' }),
        from: z.enum(['format', 'text', 'point', 'country']).meta({
          description:
            "Where it comes from: the file's format, a column of geometries, two columns of coordinates, names of countries.",
        }),
        columns: z.array(z.string()).meta({ description: 'The columns that it is made of.' }),
        reference_systems: z
          .array(z.string())
          .meta({ description: 'Those of the file; the table is in EPSG:4326.' }),
        rows: z.int().meta({ description: 'How many rows have one.' }),
        bounds: z
          .array(z.number())
          .length(4)
          .nullable()
          .meta({ description: 'West, south, east and north of points; `null` for other geometries.' }),
      })
      .nullable()
      .meta({ description: 'Where the rows are; `null` when nothing tells.' }),
    rows: z.int().meta({ description: 'How many rows the table would have.' }),
    rejected: z
      .object({
        rows: z.int().meta({ description: 'How many rows of the file would not be in it.' }),
        reasons: z
          .array(z.object({ reason: z.string(), sentence: z.string(), lines: z.array(z.int()) }))
          .meta({ description: 'Why, and on which lines of the file the first of them are.' }),
      })
      .meta({ description: 'What of the file would not be in the table.' }),
    first_rows: z
      .object({ columns: z.array(z.string()), rows: z.array(z.array(z.string().nullable())) })
      .meta({ description: 'The first rows as they stand in the file, long values cut.' }),
    warnings: z.array(z.string()).meta({ description: 'What else is worth knowing.' }),
    difference: z
      .object({
        table: z.string().meta({ description: 'The name of the table that is there.' }),
        added: z.array(column).meta({ description: 'Columns that it would get.' }),
        removed: z.array(column).meta({ description: 'Columns that it would lose.' }),
        retyped: z
          .array(z.object({ name: z.string(), from: z.string(), to: z.string() }))
          .meta({ description: 'Columns whose types would change.' }),
      })
      .nullable()
      .meta({ description: 'What would change of the table that is there; `null` when there is none.' }),
  })
  .meta({ id: 'Plan', description: 'What a file would become as a table. Nothing was kept of it.' });

export type Plan = z.output<typeof planSchema>;
