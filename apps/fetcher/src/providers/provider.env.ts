import { storageServices } from '@tidetable/contracts';
import { z } from 'zod';

const titles = { GDRIVE: 'Google Drive', DROPBOX: 'Dropbox', BOX: 'Box' };
type Prefix = keyof typeof titles;

/** An address to which paths are appended; what comes after the host stays, as proxies have it. */
const address = z
  .url({ protocol: /^https?$/ })
  .refine((text) => !/[?#]/.test(text) && new URL(text).username === '')
  .refine((text) => isSafeForSecrets(new URL(text)))
  .transform((text) => text.replace(/\/+$/, ''));

/** Clients and tokens are sent there: in the clear within this machine only. */
function isSafeForSecrets({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

/** Names of hosts, with a port where it is not the usual one; `*.` before a name stands for all below it. */
const hosts = z
  .string()
  .regex(/^\s*(\*\.)?[a-z0-9.-]+(:\d{1,5})?(\s*,\s*(\*\.)?[a-z0-9.-]+(:\d{1,5})?)*\s*$/i)
  .transform((list) => list.split(',').map((host) => host.trim().toLowerCase()));

const clientId = (prefix: Prefix) =>
  z
    .string()
    .optional()
    .describe(`Id of the OAuth client registered at ${titles[prefix]}; without it nobody can connect to it`);

const clientSecret = (prefix: Prefix) =>
  z.string().optional().describe(`Secret of the OAuth client registered at ${titles[prefix]}`);

const endpoint = (byDefault: string, description: string) =>
  address.prefault(byDefault).describe(`${description}; for proxies and tests`);

/** What an operator says of each storage service: the clients, and every host that is talked to. */
export const providerEnvShape = {
  GDRIVE_CLIENT_ID: clientId('GDRIVE'),
  GDRIVE_CLIENT_SECRET: clientSecret('GDRIVE'),
  GDRIVE_AUTHORIZE_URL: endpoint(
    'https://accounts.google.com/o/oauth2/v2/auth',
    'Where customers agree that their Google Drive is read',
  ),
  GDRIVE_TOKEN_URL: endpoint('https://oauth2.googleapis.com/token', 'Where Google gives out tokens'),
  GDRIVE_REVOKE_URL: endpoint('https://oauth2.googleapis.com/revoke', 'Where Google takes tokens back'),
  GDRIVE_API_URL: endpoint('https://www.googleapis.com', "The root of Google Drive's API"),
  GDRIVE_CONTENT_HOSTS: hosts
    .prefault('docs.google.com,*.googleusercontent.com')
    .describe('Hosts that Google exports spreadsheets from, by commas; *. stands for all below a name'),
  DROPBOX_CLIENT_ID: clientId('DROPBOX'),
  DROPBOX_CLIENT_SECRET: clientSecret('DROPBOX'),
  DROPBOX_AUTHORIZE_URL: endpoint(
    'https://www.dropbox.com/oauth2/authorize',
    'Where customers agree that their Dropbox is read',
  ),
  DROPBOX_TOKEN_URL: endpoint('https://api.dropboxapi.com/oauth2/token', 'Where Dropbox gives out tokens'),
  DROPBOX_API_URL: endpoint('https://api.dropboxapi.com', "The root of Dropbox's API"),
  DROPBOX_CONTENT_URL: endpoint('https://content.dropboxapi.com', "The root of Dropbox's contents"),
  BOX_CLIENT_ID: clientId('BOX'),
  BOX_CLIENT_SECRET: clientSecret('BOX'),
  BOX_PRIMARY_SIGNATURE_KEY: z
    .string()
    .min(1)
    .optional()
    .describe('Key that Box signs notifications with; without this and the secondary one they are not taken'),
  BOX_SECONDARY_SIGNATURE_KEY: z
    .string()
    .min(1)
    .optional()
    .describe('The other key that Box signs notifications with, so that either can be changed'),
  BOX_AUTHORIZE_URL: endpoint(
    'https://account.box.com/api/oauth2/authorize',
    'Where customers agree that their Box is read',
  ),
  BOX_TOKEN_URL: endpoint('https://api.box.com/oauth2/token', 'Where Box gives out tokens'),
  BOX_REVOKE_URL: endpoint('https://api.box.com/oauth2/revoke', 'Where Box takes tokens back'),
  BOX_API_URL: endpoint('https://api.box.com', "The root of Box's API"),
  BOX_CONTENT_HOSTS: hosts
    .prefault('dl.boxcloud.com,*.boxcloud.com,*.box.com')
    .describe('Hosts that Box sends downloads from, by commas; *. stands for all below a name'),
};

type ProviderEnv = z.infer<z.ZodObject<typeof providerEnvShape>>;

/** What the operator has said by halves, in sentences that name variables only. */
export function halfConfigured(env: ProviderEnv): string[] {
  return storageServices.flatMap((service) => {
    const prefix = service.toUpperCase() as Prefix;
    const [id, secret] = [env[`${prefix}_CLIENT_ID`], env[`${prefix}_CLIENT_SECRET`]];
    return (id === undefined) === (secret === undefined)
      ? []
      : [`${prefix}_CLIENT_ID and ${prefix}_CLIENT_SECRET must be set together`];
  });
}

/** Whether any service can be connected to. */
export function hasClients(env: ProviderEnv): boolean {
  return storageServices.some((service) => clientOf(env, service.toUpperCase() as Prefix) !== null);
}

/** The registered client of one service. */
export function clientOf(env: ProviderEnv, prefix: Prefix): { id: string; secret: string } | null {
  const [id, secret] = [env[`${prefix}_CLIENT_ID`], env[`${prefix}_CLIENT_SECRET`]];
  return id === undefined || secret === undefined ? null : { id, secret };
}
