import { z } from 'zod';

/** The services whose files can be synchronized besides plain URLs, by CARTO's names for them. */
export const storageServices = ['gdrive', 'dropbox', 'box'] as const;

export type StorageService = (typeof storageServices)[number];

/** Where a synchronization's file is. */
export const sourceSchema = z
  .discriminatedUnion('kind', [
    z.object({
      kind: z.literal('url').describe('A plain URL.'),
      url: z.string().describe('It may hold secrets.'),
      credentialsOf: z
        .object({
          synchronizationId: z.uuid().describe('The synchronization that they were given for.'),
          accountId: z.uuid().describe('Its account.'),
        })
        .optional()
        .describe(
          'Where the customer gave headers or a user name for the requests: whose the fetcher is to take.',
        ),
    }),
    z.object({
      kind: z
        .literal('service')
        .describe("A file in a storage service, reached by the account's connection to it."),
      service: z.enum(storageServices).describe('The storage service.'),
      itemId: z.string().describe("The service's own id of the file, which survives renaming and moving."),
      accountId: z.uuid().describe('Whose connection is used.'),
    }),
  ])
  .describe('Where the file is.');

export type Source = z.infer<typeof sourceSchema>;
