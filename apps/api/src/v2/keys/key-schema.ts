import { z } from 'zod';
import { keyScopes } from '../../accounts/key-scope.js';
import { exampleIds } from '../example-ids.js';
import { purposeName } from '../purpose-name.js';

const time = z.iso.datetime();

/** An API key, of which the key itself is never shown again. */
export const keySchema = z
  .object({
    id: z.uuid(),
    prefix: z.string().meta({ description: 'How the key begins, so that people can tell theirs apart.' }),
    name: z.string().nullable().meta({ description: 'What it is for, in words of whoever made it.' }),
    scope: z.enum(keyScopes).meta({
      description:
        '`read` looks, `write` changes as well, `admin` also manages keys, logins, webhooks’ secrets, and reads the audit trail.',
    }),
    state: z.enum(['valid', 'ending', 'ended', 'revoked']).meta({
      description: '`ending`: it was rotated, and works until `expires_at`; `ended`: that time is over.',
    }),
    created_at: time,
    last_used_at: time.nullable().meta({ description: 'To the hour; `null` when it never was.' }),
    expires_at: time.nullable(),
    revoked_at: time.nullable(),
  })
  .meta({ id: 'Key', description: 'An API key.' });

export type KeyBody = z.infer<typeof keySchema>;

/** A key that was just made: the only answer that holds the key itself. */
export const shownKeySchema = z
  .object({
    key: keySchema,
    api_key: z
      .string()
      .meta({ description: 'The key itself. It is shown this once: only its hash is stored.' }),
  })
  .meta({ id: 'ShownKey', description: 'A key that was just made.' });

/** What a new key is to be. */
export const newKeyFields = z.strictObject({
  name: purposeName,
  scope: z
    .enum(keyScopes, { error: `must be one of ${keyScopes.join(', ')}` })
    .meta({ description: 'What it reaches; the less, the better.' }),
});

/** The longest that a rotated key goes on, and how long it does by itself, in seconds. */
const graceSecondsMax = 30 * 86_400;
const graceSecondsDefault = 86_400;

/** How a key is to be rotated. */
export const rotationFields = z.strictObject({
  grace_seconds: z
    .int({ error: 'must be a whole number of seconds' })
    .min(0, { error: 'must not be negative' })
    .max(graceSecondsMax, { error: `must be at most ${graceSecondsMax}, which is 30 days` })
    .default(graceSecondsDefault)
    .meta({ description: 'How long the old key goes on working, in seconds; 0 ends it at once.' }),
});

export const exampleKey: KeyBody = {
  id: exampleIds.key,
  prefix: 'tt_Qb3xV7kP',
  name: 'Harbour map',
  scope: 'read',
  state: 'valid',
  created_at: '2026-01-04T12:40:37.000Z',
  last_used_at: '2026-03-01T09:00:00.000Z',
  expires_at: null,
  revoked_at: null,
};

export const exampleShownKey = {
  key: { ...exampleKey, last_used_at: null },
  api_key: 'tt_Qb3xV7kPq0m1Zt5sYw8uR2nLc4aEoJhGdFiB6KvXyTs',
};
