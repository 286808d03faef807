import { z } from 'zod';
import { exampleIds } from '../example-ids.js';
import { purposeName } from '../purpose-name.js';

const time = z.iso.datetime();

/** A login, without its password. */
export const loginSchema = z
  .object({
    id: z.uuid(),
    user: z.string().meta({ description: 'The name of the user in PostgreSQL.' }),
    name: z.string().nullable().meta({ description: 'What it is for, in words of whoever made it.' }),
    created_at: time,
    rotated_at: time
      .nullable()
      .meta({ description: 'When its password was changed last; `null` for never.' }),
  })
  .meta({
    id: 'Login',
    description: 'A login to PostgreSQL that reads the tables of the account and nothing else.',
  });

export type LoginBody = z.infer<typeof loginSchema>;

/** A login with all that is needed to connect: the only answer that holds the password. */
export const issuedLoginSchema = z
  .object({
    login: loginSchema,
    password: z.string().meta({ description: 'It is shown this once, and kept nowhere.' }),
    host: z.string(),
    port: z.int(),
    database: z.string(),
    schema: z.string().meta({ description: 'Where the tables are.' }),
    uri: z.string().meta({ description: 'All of it as psql and other programs take it.' }),
    qgis: z.string().meta({
      description: 'What to fill in where in QGIS, in its dialogue for a new PostgreSQL connection.',
    }),
  })
  .meta({ id: 'IssuedLogin', description: 'A login that was just made, or got a new password.' });

/** What a new login is to be. */
export const newLoginFields = z.strictObject({
  name: purposeName,
});

export const exampleLogin: LoginBody = {
  id: exampleIds.login,
  user: 'demo_3f9a2c',
  name: 'QGIS in the harbour office',
  created_at: '2026-01-04T12:40:37.000Z',
  rotated_at: null,
};

export const exampleIssuedLogin = {
  login: exampleLogin,
  password: 'wJ8kQzT4mYx2Vb7nRc5dLf9hGp3sAe6u',
  host: 'tables.example.org',
  port: 5432,
  database: 'tidetable',
  schema: 'demo',
  uri: 'postgresql://demo_3f9a2c:wJ8kQzT4mYx2Vb7nRc5dLf9hGp3sAe6u@tables.example.org:5432/tidetable?sslmode=require',
  qgis: 'Layer, Add Layer, Add PostGIS Layers, New: host tables.example.org, port 5432, database tidetable, SSL mode require; authentication, basic: the user name and the password. Then connect and open the schema demo.',
};
