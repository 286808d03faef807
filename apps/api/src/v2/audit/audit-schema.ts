import { z } from 'zod';
import { exampleIds } from '../example-ids.js';

/** Something that was done, as the trail shows it. */
export const entrySchema = z
  .object({
    id: z.uuid(),
    at: z.iso.datetime(),
    actor: z
      .object({
        kind: z.enum(['key', 'operator', 'unknown']).meta({
          description: '`operator` is whoever runs this installation, by the accounts command.',
        }),
        key_id: z.uuid().nullable(),
        key_prefix: z.string().nullable(),
      })
      .meta({ description: 'Who did it.' }),
    request_id: z.uuid().nullable().meta({ description: 'The id of the request, as its answer had it.' }),
    action: z.string().meta({
      description:
        'What was done: `created`, `changed`, `deleted`, `refresh-requested`, `rotated`, `revoked`, …',
    }),
    target: z
      .object({
        kind: z
          .string()
          .meta({ description: '`synchronization`, `key`, `login`, `connection`, `account`, …' }),
        id: z.string(),
      })
      .meta({ description: 'What it was done to.' }),
    changes: z
      .array(
        z.object({
          field: z.string(),
          old: z.unknown().optional(),
          new: z.unknown().optional(),
        }),
      )
      .meta({
        description:
          'What is different: addresses without their queries and credentials, and of secrets only that they changed.',
      }),
  })
  .meta({ id: 'AuditEntry', description: 'Something that was done.' });

export type AuditEntryBody = z.infer<typeof entrySchema>;

export const exampleEntry: AuditEntryBody = {
  id: exampleIds.auditEntry,
  at: '2026-03-01T09:12:44.318Z',
  actor: { kind: 'key', key_id: exampleIds.key, key_prefix: 'tt_Qb3xV7kP' },
  request_id: '5c1f7e1e-4a3b-4c0d-9e2f-1a2b3c4d5e04',
  action: 'changed',
  target: { kind: 'synchronization', id: exampleIds.synchronization },
  changes: [{ field: 'interval_seconds', old: 3600, new: 7200 }],
};
