import { z } from 'zod';

/** A JSON Schema, as the document has it. */
export type JsonSchema = Record<string, unknown>;

const definitionsPath = '#/$defs/';
const componentsPath = '#/components/schemas/';

/**
 * Turns schemas into JSON Schema (2020-12), and gathers those with an id as components. A schema may say with
 * `documentedAs` in its meta data how it is to be shown, where what it checks is a text and what it means is not.
 */
export class JsonSchemas {
  readonly components: Record<string, JsonSchema> = {};

  /** @param io whether what is sent to us or what we send is described */
  write(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const {
      $schema: _,
      $defs = {},
      ...written
    } = z.toJSONSchema(schema, { io, override: showAs }) as JsonSchema & {
      $defs?: Record<string, JsonSchema>;
    };
    for (const [id, definition] of Object.entries($defs))
      this.components[id] = point(definition) as JsonSchema;
    const { id, ...body } = point(written) as JsonSchema;
    if (typeof id !== 'string') return body;
    this.components[id] = body;
    return { $ref: componentsPath + id };
  }
}

function showAs({ zodSchema, jsonSchema }: { zodSchema: unknown; jsonSchema: object }): void {
  const meta = (zodSchema as z.ZodType).meta?.() as
    { documentedAs?: JsonSchema; description?: string } | undefined;
  delete (jsonSchema as JsonSchema)['documentedAs'];
  if (meta?.documentedAs === undefined) return;
  for (const key of Object.keys(jsonSchema)) if (key !== 'default') delete (jsonSchema as JsonSchema)[key];
  const description = meta.description === undefined ? {} : { description: meta.description };
  Object.assign(jsonSchema, description, meta.documentedAs);
}

/** References point to where components are, and definitions do not repeat their own names. */
function point(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(point);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [
      key,
      key === '$ref' && typeof entry === 'string'
        ? entry.replace(definitionsPath, componentsPath)
        : point(entry),
    ]),
  );
}
