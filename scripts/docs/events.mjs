import {
  authorizeConnectionV1Pattern,
  authorizeConnectionV1ReplySchema,
  authorizeConnectionV1RequestSchema,
  beginConnectionV1Pattern,
  beginConnectionV1ReplySchema,
  beginConnectionV1RequestSchema,
  checkConnectionV1Pattern,
  checkConnectionV1ReplySchema,
  checkConnectionV1RequestSchema,
  completeConnectionV1Pattern,
  completeConnectionV1ReplySchema,
  completeConnectionV1RequestSchema,
  listConnectionsV1Pattern,
  listConnectionsV1ReplySchema,
  listConnectionsV1RequestSchema,
  listServiceFilesV1Pattern,
  listServiceFilesV1ReplySchema,
  listServiceFilesV1RequestSchema,
  revokeConnectionV1Pattern,
  revokeConnectionV1ReplySchema,
  revokeConnectionV1RequestSchema,
  cancelRunV1Pattern,
  cancelRunV1ReplySchema,
  cancelRunV1RequestSchema,
  runClosedV1Schema,
  runClosedV1Subject,
  describeRunV1Pattern,
  describeRunV1ReplySchema,
  describeRunV1RequestSchema,
  isRunOpenV1Pattern,
  isRunOpenV1ReplySchema,
  isRunOpenV1RequestSchema,
  isTableThereV1Pattern,
  isTableThereV1ReplySchema,
  isTableThereV1RequestSchema,
  receivePushV1Pattern,
  receivePushV1ReplySchema,
  receivePushV1RequestSchema,
  refreshPushedV1Pattern,
  refreshPushedV1ReplySchema,
  refreshPushedV1RequestSchema,
  keepCredentialsV1Pattern,
  keepCredentialsV1ReplySchema,
  keepCredentialsV1RequestSchema,
  listRejectedRowsV1Pattern,
  listRejectedRowsV1ReplySchema,
  listRejectedRowsV1RequestSchema,
  deliverWebhookV1Pattern,
  deliverWebhookV1ReplySchema,
  deliverWebhookV1RequestSchema,
  listLoginsV1Pattern,
  listLoginsV1ReplySchema,
  listLoginsV1RequestSchema,
  createLoginV1Pattern,
  createLoginV1ReplySchema,
  createLoginV1RequestSchema,
  rotateLoginV1Pattern,
  rotateLoginV1ReplySchema,
  rotateLoginV1RequestSchema,
  revokeLoginV1Pattern,
  revokeLoginV1ReplySchema,
  revokeLoginV1RequestSchema,
  whichActiveV1Pattern,
  whichActiveV1ReplySchema,
  whichActiveV1RequestSchema,
  planSourceV1Pattern,
  planSourceV1ReplySchema,
  planSourceV1RequestSchema,
  planFileV1Pattern,
  planFileV1ReplySchema,
  planFileV1RequestSchema,
  cancelPlanV1Pattern,
  cancelPlanV1ReplySchema,
  cancelPlanV1RequestSchema,
  whichExistV1Pattern,
  whichExistV1ReplySchema,
  whichExistV1RequestSchema,
  runEventConsumers,
  runEventProducers,
  runEventSchemas,
} from '@tidetable/contracts';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { describeFields } from './json-schema.mjs';
import { enumerate, generatedNote, table } from './markdown.mjs';

/** The golden fixture that is shown for each subject. */
const examples = {
  'sync.run.requested.v1': 'sync.run.requested.v1.1',
  'sync.run.started.v1': 'sync.run.started.v1.1',
  'sync.run.staged.v1': 'sync.run.staged.v1.1',
  'sync.run.finished.v1': 'sync.run.finished.v1.unchanged.1',
};

const introduction = `
# Events and questions

Everything durable that services tell each other is one of four events. They travel on one JetStream work-queue stream,
\`SYNC_RUNS\`, each subject with exactly one consuming service, whose instances share a durable consumer.

- **At least once.** An event is acknowledged after its effect is durable, so it may come again; every effect is safe to
  repeat. The message id is \`<runId>:<subject>\`: publishing the same event again within ten minutes stores nothing new.
- **Parsed at receipt.** What is not valid is dropped with an error in the log, and never tried again.
- **References, not cargo.** No event carries a file, a URL, a credential or a cell's value.
- **Versions.** A published version never changes: optional fields may be added, anything else is a new subject. The
  golden fixtures in \`packages/contracts/fixtures\` must be understood for ever.

Every time is an ISO 8601 instant with a zone.
`;

const questionsIntroduction = `
# Questions

Short questions that need an answer now are asked by request and reply over NATS. Those about runs are answered by any
scheduler, those about tables by any importer, those about connections to storage services and about credentials by any
fetcher, and so are requests to deliver to a webhook. Those that change nothing, or may be repeated, are asked again until an answer comes or the asker's patience is
over. Nothing durable travels this way, and no token. An authorization code does once, on its way to the fetcher that
exchanges it, and so do a customer's headers and password on their way to the fetcher that keeps them, and the password
of a login on its way to the customer who asked for it.
`;

const broadcastsIntroduction = `
# Broadcasts

What every instance of a service should hear at once is published on core NATS. Nobody keeps it: who is away misses it,
and finds out by asking.
`;

function fieldsTable(schema, only) {
  const rows = describeFields(z.toJSONSchema(schema))
    .filter(({ name }) => only === undefined || only(name))
    .map(({ name, type, description }) => [`\`${name}\``, type, description]);
  return table(['Field', 'Type', 'Meaning'], rows);
}

/** The fields of every outcome together, or of each in a table of its own where they differ. */
function bodyOf(schema) {
  const { options } = schema;
  if (options === undefined) return fieldsTable(schema);
  const fieldNames = options.map((option) => Object.keys(option.shape));
  const inAll = new Set(fieldNames[0].filter((name) => fieldNames.every((names) => names.includes(name))));
  const { discriminator } = schema.def;
  inAll.delete(discriminator);
  const parts = options.map((option) => {
    const { value, description } = option.shape[discriminator];
    const own = (name) => !inAll.has(name.split(/[.[]/)[0]) && name !== discriminator;
    const fields = fieldsTable(option, own);
    const title = `**\`${discriminator}: ${JSON.stringify(value)}\`** ${description ?? ''}`;
    return fields.split('\n').length > 2 ? `${title}\n\n${fields}` : title;
  });
  const common = inAll.size === 0 ? [] : [fieldsTable(options[0], (name) => inAll.has(name))];
  return [...common, ...parts].join('\n\n');
}

function writeEvent(checkout, subject) {
  const schema = runEventSchemas[subject];
  const fixture = join(checkout, 'packages/contracts/fixtures', `${examples[subject]}.json`);
  return [
    `## \`${subject}\``,
    `From the ${enumerate(runEventProducers[subject]).replace(' and ', ' or the ')} to the ` +
      `${runEventConsumers[subject].split('-')[0]} (consumer \`${runEventConsumers[subject]}\`).`,
    schema.description,
    bodyOf(schema),
    `\`\`\`json\n${readFileSync(fixture, 'utf8').trim()}\n\`\`\``,
  ].join('\n\n');
}

function writeQuestion(pattern, request, reply) {
  return [`## \`${pattern}\``, request.description, fieldsTable(request), 'The answer:', bodyOf(reply)].join(
    '\n\n',
  );
}

/** docs/events.md, from the schemas and the golden fixtures. */
export function writeEvents(checkout) {
  return [
    generatedNote,
    introduction,
    ...Object.keys(runEventSchemas).map((subject) => writeEvent(checkout, subject)),
    broadcastsIntroduction,
    `## \`${runClosedV1Subject}\``,
    'From the scheduler to every fetcher and every importer; from a fetcher as well where a plan is cancelled, whose id is then the id of the run.',
    runClosedV1Schema.description,
    fieldsTable(runClosedV1Schema),
    questionsIntroduction,
    writeQuestion(describeRunV1Pattern, describeRunV1RequestSchema, describeRunV1ReplySchema),
    writeQuestion(isRunOpenV1Pattern, isRunOpenV1RequestSchema, isRunOpenV1ReplySchema),
    writeQuestion(cancelRunV1Pattern, cancelRunV1RequestSchema, cancelRunV1ReplySchema),
    writeQuestion(isTableThereV1Pattern, isTableThereV1RequestSchema, isTableThereV1ReplySchema),
    writeQuestion(whichExistV1Pattern, whichExistV1RequestSchema, whichExistV1ReplySchema),
    writeQuestion(listRejectedRowsV1Pattern, listRejectedRowsV1RequestSchema, listRejectedRowsV1ReplySchema),
    writeQuestion(listLoginsV1Pattern, listLoginsV1RequestSchema, listLoginsV1ReplySchema),
    writeQuestion(createLoginV1Pattern, createLoginV1RequestSchema, createLoginV1ReplySchema),
    writeQuestion(rotateLoginV1Pattern, rotateLoginV1RequestSchema, rotateLoginV1ReplySchema),
    writeQuestion(revokeLoginV1Pattern, revokeLoginV1RequestSchema, revokeLoginV1ReplySchema),
    writeQuestion(whichActiveV1Pattern, whichActiveV1RequestSchema, whichActiveV1ReplySchema),
    writeQuestion(receivePushV1Pattern, receivePushV1RequestSchema, receivePushV1ReplySchema),
    writeQuestion(refreshPushedV1Pattern, refreshPushedV1RequestSchema, refreshPushedV1ReplySchema),
    writeQuestion(keepCredentialsV1Pattern, keepCredentialsV1RequestSchema, keepCredentialsV1ReplySchema),
    writeQuestion(planSourceV1Pattern, planSourceV1RequestSchema, planSourceV1ReplySchema),
    writeQuestion(planFileV1Pattern, planFileV1RequestSchema, planFileV1ReplySchema),
    writeQuestion(cancelPlanV1Pattern, cancelPlanV1RequestSchema, cancelPlanV1ReplySchema),
    writeQuestion(listConnectionsV1Pattern, listConnectionsV1RequestSchema, listConnectionsV1ReplySchema),
    writeQuestion(beginConnectionV1Pattern, beginConnectionV1RequestSchema, beginConnectionV1ReplySchema),
    writeQuestion(
      authorizeConnectionV1Pattern,
      authorizeConnectionV1RequestSchema,
      authorizeConnectionV1ReplySchema,
    ),
    writeQuestion(
      completeConnectionV1Pattern,
      completeConnectionV1RequestSchema,
      completeConnectionV1ReplySchema,
    ),
    writeQuestion(checkConnectionV1Pattern, checkConnectionV1RequestSchema, checkConnectionV1ReplySchema),
    writeQuestion(listServiceFilesV1Pattern, listServiceFilesV1RequestSchema, listServiceFilesV1ReplySchema),
    writeQuestion(revokeConnectionV1Pattern, revokeConnectionV1RequestSchema, revokeConnectionV1ReplySchema),
  ].join('\n\n');
}
