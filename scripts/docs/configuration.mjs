import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { apiEnvSchema } from '@tidetable/api';
import { fetcherEnvSchema } from '@tidetable/fetcher';
import { importerEnvSchema } from '@tidetable/importer';
import { schedulerEnvSchema } from '@tidetable/scheduler';
import { z } from 'zod';
import { typeText } from './json-schema.mjs';
import { enumerate, generatedNote, groupByName, sentence, table } from './markdown.mjs';

const services = [
  { name: 'api', about: 'The REST API.', schema: apiEnvSchema },
  {
    name: 'scheduler',
    about: 'Claims what is due, records what happened, closes lost runs.',
    schema: schedulerEnvSchema,
  },
  { name: 'fetcher', about: 'Downloads files into the staged-file store.', schema: fetcherEnvSchema },
  { name: 'importer', about: 'Loads staged files into tables.', schema: importerEnvSchema },
];

/** What `npm start` reads beside the variables of the services; scripts/ and packages/local-stack say so. */
const localStack = [
  ['`TIDETABLE_DATA`', '`.tidetable`', 'The folder that keeps databases, streams and logs between starts.'],
  [
    '`API_PORT`',
    '`8080`',
    'The port of the API. When it is not set and 8080 is in use, a free one is taken.',
  ],
  [
    '`METADATA_DATABASE_URL`, `DESTINATION_DATABASE_URL`, `CONNECTIONS_DATABASE_URL`, `NATS_URL`',
    '',
    'Servers to use instead of starting our own. The databases must be different ones.',
  ],
  [
    '`CONNECTION_KEYS`',
    'made once, in the folder',
    'What tokens are encrypted with; the file `connection-keys` is worth as much as the tokens.',
  ],
];

/** What only docker-compose.yml reads. */
const compose = {
  name: 'POSTGRES_PASSWORD',
  description:
    'The password of the PostgreSQL that docker-compose.yml starts, letters and digits. It refuses to start without one.',
};

const introduction = `
# Configuration

Each service reads its environment once, before anything else starts. Everything that is missing or wrong is reported at
once, by name and never by value, and the service exits with 1. A variable that is set to the empty string counts as not
set. Variables that a service does not know are ignored, so one file may serve all of them; \`.env.example\` is such a
file.

Addresses of databases and of NATS may hold passwords; they never reach a log.
`;

/** The variables of one service, in the order of its schema. */
function variablesOf({ name: service, schema }) {
  const { properties, required = [] } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return Object.entries(properties).map(([name, field]) => {
    const { description } = schema.shape[name];
    if (description === undefined) throw new Error(`${name} of the ${service} has no description`);
    return {
      name,
      service,
      type: typeText(field),
      isRequired: required.includes(name),
      value: field.default,
      description: sentence(description),
    };
  });
}

const asCode = (value) => (value === '' ? 'empty' : `\`${value}\``);

/** docs/configuration.md, from the schema of each service's environment. */
export function writeConfiguration() {
  const chapters = services.map((service) => {
    const rows = variablesOf(service).map(({ name, isRequired, value, type, description }) => [
      `\`${name}\``,
      isRequired ? '**required**' : value === undefined ? 'not set' : asCode(value),
      type,
      description,
    ]);
    const heading = `## ${service.name}\n\n${service.about}`;
    return `${heading}\n\n${table(['Variable', 'Default', 'Accepts', 'Meaning'], rows)}`;
  });
  const ofStart = `## npm start\n\nStarts everything on one machine and gives each service what it requires. All variables above may be set as well.\n\n${table(['Variable', 'Default', 'Meaning'], localStack)}`;
  const ofCompose = `## docker compose\n\nStarts everything in containers, with the addresses of one another. Which of the variables\nabove a file \`.env\` beside it may set, \`docker-compose.yml\` says.\n\n${table(['Variable', 'Default', 'Meaning'], [[`\`${compose.name}\``, '**required**', compose.description]])}`;
  return [generatedNote, introduction, ...chapters, ofStart, ofCompose].join('\n\n');
}

/** What a required variable may look like. */
const exampleValues = {
  METADATA_DATABASE_URL: 'postgres://tidetable:password@127.0.0.1:5432/tidetable_metadata',
  DESTINATION_DATABASE_URL: 'postgres://tidetable:password@127.0.0.1:5432/tidetable_destination',
  NATS_URL: 'nats://127.0.0.1:4222',
  STAGED_FILES_URL: 'nats-object-store:',
};

/** .env.example: the password for docker compose, then every variable once, with the services that read it. */
export function writeEnvExample(checkout) {
  const byName = groupByName(services.flatMap(variablesOf));
  const entries = [...byName].map(([name, uses]) => {
    const [first] = uses;
    const required = uses.find(({ isRequired }) => isRequired);
    const readers = `# Read by: ${enumerate(uses.map(({ service }) => service))}.`;
    const comment = wrap(first.description).map((line) => `# ${line}`);
    if (required) {
      if (exampleValues[name] === undefined) throw new Error(`${name} has no example in scripts/docs`);
      return [...comment, readers, `${name}=${exampleValues[name]}`].join('\n');
    }
    const values = [...new Set(uses.map(({ value }) => value))];
    if (values.length === 1) return [...comment, readers, `#${name}=${values[0] ?? ''}`].join('\n');
    const defaults = uses.map(({ service, value }) => `# Default of the ${service}: ${value}.`);
    return [...comment, ...defaults, `#${name}=`].join('\n');
  });
  const head =
    '# The environment of all services in one file. What is commented out shows its default.\n' +
    '# Written by scripts/generate-docs.mjs from the code; docs/configuration.md says more.';
  const ofCompose = [
    ...wrap(compose.description).map((line) => `# ${line}`),
    '# Read by: docker-compose.yml.',
    `${compose.name}=`,
  ].join('\n');
  const text = `${[head, ofCompose, ...entries].join('\n\n')}\n`;
  checkCompose(readFileSync(join(checkout, 'docker-compose.yml'), 'utf8'), text);
  return text;
}

/** Throws when docker-compose.yml takes a variable that .env.example does not have, or does without the password. */
function checkCompose(composeFile, envExample) {
  for (const [use, name, form] of composeFile.matchAll(/\$\{(\w+)(:?[-?])?[^}]*\}/g)) {
    if (!new RegExp(`^#?${name}=`, 'm').test(envExample)) throw new Error(`.env.example lacks ${name}`);
    if (name === compose.name && form !== ':?') throw new Error(`docker-compose.yml starts without ${use}`);
  }
}

function wrap(text, width = 100) {
  const lines = [''];
  for (const word of text.split(' ')) {
    const joined = lines.at(-1) === '' ? word : `${lines.at(-1)} ${word}`;
    if (joined.length > width) lines.push(word);
    else lines[lines.length - 1] = joined;
  }
  return lines;
}
