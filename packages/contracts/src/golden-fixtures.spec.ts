import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { runClosedV1Schema, runClosedV1Subject } from './broadcasts/run-closed.v1.js';
import { runEventSchemas } from './events/run-events.js';
import {
  authorizeConnectionV1Pattern,
  authorizeConnectionV1ReplySchema,
  authorizeConnectionV1RequestSchema,
} from './questions/connections/authorize-connection.v1.js';
import {
  beginConnectionV1Pattern,
  beginConnectionV1ReplySchema,
  beginConnectionV1RequestSchema,
} from './questions/connections/begin-connection.v1.js';
import {
  checkConnectionV1Pattern,
  checkConnectionV1ReplySchema,
  checkConnectionV1RequestSchema,
} from './questions/connections/check-connection.v1.js';
import {
  completeConnectionV1Pattern,
  completeConnectionV1ReplySchema,
  completeConnectionV1RequestSchema,
} from './questions/connections/complete-connection.v1.js';
import {
  listConnectionsV1Pattern,
  listConnectionsV1ReplySchema,
  listConnectionsV1RequestSchema,
} from './questions/connections/list-connections.v1.js';
import {
  listServiceFilesV1Pattern,
  listServiceFilesV1ReplySchema,
  listServiceFilesV1RequestSchema,
} from './questions/connections/list-service-files.v1.js';
import {
  revokeConnectionV1Pattern,
  revokeConnectionV1ReplySchema,
  revokeConnectionV1RequestSchema,
} from './questions/connections/revoke-connection.v1.js';
import {
  cancelRunV1Pattern,
  cancelRunV1ReplySchema,
  cancelRunV1RequestSchema,
} from './questions/cancel-run.v1.js';
import {
  deliverWebhookV1Pattern,
  deliverWebhookV1ReplySchema,
  deliverWebhookV1RequestSchema,
} from './questions/deliver-webhook.v1.js';
import {
  describeRunV1Pattern,
  describeRunV1ReplySchema,
  describeRunV1RequestSchema,
} from './questions/describe-run.v1.js';
import {
  cancelPlanV1Pattern,
  cancelPlanV1ReplySchema,
  cancelPlanV1RequestSchema,
} from './questions/cancel-plan.v1.js';
import {
  planFileV1Pattern,
  planFileV1ReplySchema,
  planFileV1RequestSchema,
} from './questions/plan-file.v1.js';
import {
  planSourceV1Pattern,
  planSourceV1ReplySchema,
  planSourceV1RequestSchema,
} from './questions/plan-source.v1.js';
import {
  isRunOpenV1Pattern,
  isRunOpenV1ReplySchema,
  isRunOpenV1RequestSchema,
} from './questions/is-run-open.v1.js';
import {
  isTableThereV1Pattern,
  isTableThereV1ReplySchema,
  isTableThereV1RequestSchema,
} from './questions/is-table-there.v1.js';
import {
  keepCredentialsV1Pattern,
  keepCredentialsV1ReplySchema,
  keepCredentialsV1RequestSchema,
} from './questions/keep-credentials.v1.js';
import {
  listRejectedRowsV1Pattern,
  listRejectedRowsV1ReplySchema,
  listRejectedRowsV1RequestSchema,
} from './questions/list-rejected-rows.v1.js';
import {
  receivePushV1Pattern,
  receivePushV1ReplySchema,
  receivePushV1RequestSchema,
} from './questions/receive-push.v1.js';
import {
  refreshPushedV1Pattern,
  refreshPushedV1ReplySchema,
  refreshPushedV1RequestSchema,
} from './questions/refresh-pushed.v1.js';
import {
  listLoginsV1Pattern,
  listLoginsV1ReplySchema,
  listLoginsV1RequestSchema,
} from './questions/logins/list-logins.v1.js';
import {
  createLoginV1Pattern,
  createLoginV1ReplySchema,
  createLoginV1RequestSchema,
} from './questions/logins/create-login.v1.js';
import {
  rotateLoginV1Pattern,
  rotateLoginV1ReplySchema,
  rotateLoginV1RequestSchema,
} from './questions/logins/rotate-login.v1.js';
import {
  revokeLoginV1Pattern,
  revokeLoginV1ReplySchema,
  revokeLoginV1RequestSchema,
} from './questions/logins/revoke-login.v1.js';
import {
  whichActiveV1Pattern,
  whichActiveV1ReplySchema,
  whichActiveV1RequestSchema,
} from './questions/which-active.v1.js';
import {
  whichExistV1Pattern,
  whichExistV1ReplySchema,
  whichExistV1RequestSchema,
} from './questions/which-exist.v1.js';

/**
 * What was published once must be readable for ever: services of different versions run side by side, and messages
 * wait in the stream while they are exchanged. A fixture is therefore never edited. Needs change: add an optional
 * field and a fixture that has it, or a new version with fixtures of its own.
 */
const folder = join(import.meta.dirname, '../fixtures');
const files = readdirSync(folder).filter((name) => name.endsWith('.json'));

const schemas: Record<string, z.ZodType> = {
  ...runEventSchemas,
  [`${planSourceV1Pattern}.request`]: planSourceV1RequestSchema,
  [`${planSourceV1Pattern}.reply`]: planSourceV1ReplySchema,
  [`${planFileV1Pattern}.request`]: planFileV1RequestSchema,
  [`${planFileV1Pattern}.reply`]: planFileV1ReplySchema,
  [`${cancelPlanV1Pattern}.request`]: cancelPlanV1RequestSchema,
  [`${cancelPlanV1Pattern}.reply`]: cancelPlanV1ReplySchema,
  [`${authorizeConnectionV1Pattern}.request`]: authorizeConnectionV1RequestSchema,
  [`${authorizeConnectionV1Pattern}.reply`]: authorizeConnectionV1ReplySchema,
  [`${beginConnectionV1Pattern}.request`]: beginConnectionV1RequestSchema,
  [`${beginConnectionV1Pattern}.reply`]: beginConnectionV1ReplySchema,
  [`${checkConnectionV1Pattern}.request`]: checkConnectionV1RequestSchema,
  [`${checkConnectionV1Pattern}.reply`]: checkConnectionV1ReplySchema,
  [`${completeConnectionV1Pattern}.request`]: completeConnectionV1RequestSchema,
  [`${completeConnectionV1Pattern}.reply`]: completeConnectionV1ReplySchema,
  [`${listConnectionsV1Pattern}.request`]: listConnectionsV1RequestSchema,
  [`${listConnectionsV1Pattern}.reply`]: listConnectionsV1ReplySchema,
  [`${listServiceFilesV1Pattern}.request`]: listServiceFilesV1RequestSchema,
  [`${listServiceFilesV1Pattern}.reply`]: listServiceFilesV1ReplySchema,
  [`${revokeConnectionV1Pattern}.request`]: revokeConnectionV1RequestSchema,
  [`${revokeConnectionV1Pattern}.reply`]: revokeConnectionV1ReplySchema,
  [`${deliverWebhookV1Pattern}.request`]: deliverWebhookV1RequestSchema,
  [`${deliverWebhookV1Pattern}.reply`]: deliverWebhookV1ReplySchema,
  [`${describeRunV1Pattern}.request`]: describeRunV1RequestSchema,
  [`${describeRunV1Pattern}.reply`]: describeRunV1ReplySchema,
  [runClosedV1Subject]: runClosedV1Schema,
  [`${cancelRunV1Pattern}.request`]: cancelRunV1RequestSchema,
  [`${cancelRunV1Pattern}.reply`]: cancelRunV1ReplySchema,
  [`${isRunOpenV1Pattern}.request`]: isRunOpenV1RequestSchema,
  [`${isRunOpenV1Pattern}.reply`]: isRunOpenV1ReplySchema,
  [`${isTableThereV1Pattern}.request`]: isTableThereV1RequestSchema,
  [`${isTableThereV1Pattern}.reply`]: isTableThereV1ReplySchema,
  [`${receivePushV1Pattern}.request`]: receivePushV1RequestSchema,
  [`${receivePushV1Pattern}.reply`]: receivePushV1ReplySchema,
  [`${refreshPushedV1Pattern}.request`]: refreshPushedV1RequestSchema,
  [`${refreshPushedV1Pattern}.reply`]: refreshPushedV1ReplySchema,
  [`${whichExistV1Pattern}.request`]: whichExistV1RequestSchema,
  [`${whichExistV1Pattern}.reply`]: whichExistV1ReplySchema,
  [`${keepCredentialsV1Pattern}.request`]: keepCredentialsV1RequestSchema,
  [`${keepCredentialsV1Pattern}.reply`]: keepCredentialsV1ReplySchema,
  [`${listRejectedRowsV1Pattern}.request`]: listRejectedRowsV1RequestSchema,
  [`${listRejectedRowsV1Pattern}.reply`]: listRejectedRowsV1ReplySchema,
  [`${listLoginsV1Pattern}.request`]: listLoginsV1RequestSchema,
  [`${listLoginsV1Pattern}.reply`]: listLoginsV1ReplySchema,
  [`${createLoginV1Pattern}.request`]: createLoginV1RequestSchema,
  [`${createLoginV1Pattern}.reply`]: createLoginV1ReplySchema,
  [`${rotateLoginV1Pattern}.request`]: rotateLoginV1RequestSchema,
  [`${rotateLoginV1Pattern}.reply`]: rotateLoginV1ReplySchema,
  [`${revokeLoginV1Pattern}.request`]: revokeLoginV1RequestSchema,
  [`${revokeLoginV1Pattern}.reply`]: revokeLoginV1ReplySchema,
  [`${whichActiveV1Pattern}.request`]: whichActiveV1RequestSchema,
  [`${whichActiveV1Pattern}.reply`]: whichActiveV1ReplySchema,
};

/** `sync.run.finished.v1.imported.2.json` is a fixture of `sync.run.finished.v1`. */
function schemaOf(file: string): z.ZodType | undefined {
  return Object.entries(schemas).find(([name]) => file.startsWith(`${name}.`))?.[1];
}

function read(file: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(folder, file), 'utf8')) as Record<string, unknown>;
}

describe('golden fixtures', () => {
  it.each(files)('%s is understood to the last field', (file) => {
    const golden = read(file);
    expect(schemaOf(file)?.parse(golden)).toEqual(golden);
  });

  it.each(files)('%s is understood too when a newer version has added a field', (file) => {
    const golden = read(file);
    expect(schemaOf(file)?.parse({ ...golden, addedLater: true })).toEqual(golden);
  });

  it('are as they were when they were added', () => {
    const sums = files.map((file) => {
      const hash = createHash('sha256').update(readFileSync(join(folder, file)));
      return `${hash.digest('hex')}  ${file}`;
    });
    expect(`${sums.sort().join('\n')}\n`).toBe(
      `${readFileSync(join(folder, 'SHA256SUMS'), 'utf8').trimEnd().split('\n').sort().join('\n')}\n`,
    );
  });

  it.each([
    ...Object.keys(runEventSchemas).filter((subject) => subject !== 'sync.run.finished.v1'),
    'sync.run.finished.v1.unchanged',
    'sync.run.finished.v1.imported',
    'sync.run.finished.v1.failed',
  ])('of %s are two at least', (name) => {
    expect(files.filter((file) => file.startsWith(`${name}.`)).length).toBeGreaterThanOrEqual(2);
  });
});
