import { z } from 'zod';

/** Whose logins are meant: an account, and the schema that is its own. */
export const loginOwner = {
  accountId: z.uuid().describe('The account.'),
  schema: z.string().min(1).max(63).describe('The schema of its tables.'),
};

export const loginSchema = z
  .object({
    id: z.uuid().describe('Names the login in the API.'),
    user: z.string().describe('The name of the role in the destination database.'),
    label: z.string().nullable().describe('What it is for, in words of its owner.'),
    createdAt: z.iso.datetime().describe('When it was made.'),
    rotatedAt: z.iso.datetime().nullable().describe('When its password was last changed; `null` for never.'),
  })
  .describe('A login to the destination database, which reads one schema.');

export type Login = z.infer<typeof loginSchema>;

/** Where the destination database is, as importers reach it. */
export const loginPlaceSchema = z
  .object({
    host: z.string().describe('The host, as importers know it.'),
    port: z.int().describe('The port.'),
    database: z.string().describe('The name of the database.'),
  })
  .describe('Where the database is, for installations that do not say how customers reach it.');

/** A login with the password that it has from now on: said once, kept nowhere. */
export const issuedLogin = {
  login: loginSchema,
  password: z.string().describe('The new password. It is in this answer and nowhere else.'),
  place: loginPlaceSchema,
};

export type LoginPlace = z.infer<typeof loginPlaceSchema>;
