import type { Login, LoginPlace } from '@tidetable/contracts';
import { type ImporterClient, ImporterSilentError } from '@tidetable/scheduler-client';
import { recordChange } from '../../audit/record-change.js';
import type { AuthenticatedAccount } from '../../authentication/authenticate.js';
import type { Asks } from '../../database/metadata-database.js';
import { importersAway } from '../../http/refusal.js';
import { Problem } from '../problems/problem.js';
import type { LoginBody } from './login-schema.js';

/** What logins need: the importers make them, as the destination database is theirs. */
export interface LoginParts {
  readonly database: Asks;
  readonly importers: ImporterClient | null;
  /** Where customers reach the destination database; without it, where importers do. */
  readonly destinationUrl: string | undefined;
}

type Owner = Pick<AuthenticatedAccount, 'id' | 'username'>;

/** An account's logins. @throws Refusal 503 */
export async function listLogins({ importers }: LoginParts, owner: Owner): Promise<LoginBody[]> {
  const { logins } = await asking(importers, (client) => client.listLogins(ownerOf(owner)));
  return logins.map(present);
}

/** Makes a login. @throws Problem 403 or 501, Refusal 503 */
export async function createLogin(parts: LoginParts, owner: Owner, name: string | null): Promise<object> {
  const reply = await asking(parts.importers, (client) =>
    client.createLogin({ ...ownerOf(owner), label: name }),
  );
  if (reply.outcome === 'not-possible') throw new Problem('logins-not-possible');
  if (reply.outcome === 'too-many') {
    const detail = `An account may have ${reply.max} ${reply.max === 1 ? 'login' : 'logins'}.`;
    throw new Problem('quota-exceeded', { detail });
  }
  const { id: targetId, user, label } = reply.login;
  const changes = [
    { field: 'user', new: user },
    { field: 'name', new: label },
  ];
  await recordChange(parts.database, { ...elsewhere(owner, targetId), action: 'created', changes });
  return presentIssued(parts, owner, reply);
}

/** Gives a login a new password. @throws Problem 404, Refusal 503 */
export async function rotateLogin(parts: LoginParts, owner: Owner, id: string): Promise<object> {
  const reply = await asking(parts.importers, (client) => client.rotateLogin({ ...ownerOf(owner), id }));
  if (reply.outcome === 'unknown') throw new Problem('not-found');
  await recordChange(parts.database, { ...elsewhere(owner, id), action: 'rotated' });
  return presentIssued(parts, owner, reply);
}

/** Ends a login and its sessions. @throws Problem 404, Refusal 503 */
export async function revokeLogin(parts: LoginParts, owner: Owner, id: string): Promise<void> {
  const { wasThere } = await asking(parts.importers, (client) =>
    client.revokeLogin({ ...ownerOf(owner), id }),
  );
  if (!wasThere) throw new Problem('not-found');
  await recordChange(parts.database, { ...elsewhere(owner, id), action: 'revoked' });
}

const ownerOf = ({ id, username }: Owner): { accountId: string; schema: string } => ({
  accountId: id,
  schema: username,
});

const elsewhere = (
  owner: Owner,
  targetId: string,
): { accountId: string; targetKind: 'login'; targetId: string } => ({
  accountId: owner.id,
  targetKind: 'login',
  targetId,
});

async function asking<T>(
  importers: ImporterClient | null,
  ask: (client: ImporterClient) => Promise<T>,
): Promise<T> {
  if (importers === null) throw importersAway();
  try {
    return await ask(importers);
  } catch (error) {
    if (error instanceof ImporterSilentError) throw importersAway();
    throw error;
  }
}

function presentIssued(
  { destinationUrl }: LoginParts,
  { username }: Owner,
  { login, password, place }: { login: Login; password: string; place: LoginPlace },
): object {
  const url = new URL(destinationUrl ?? `postgresql://${place.host}:${place.port}`);
  if (url.pathname === '' || url.pathname === '/') url.pathname = `/${encodeURIComponent(place.database)}`;
  const [host, port] = [url.hostname.replace(/^\[|\]$/g, ''), Number(url.port || 5432)];
  const database = decodeURIComponent(url.pathname.slice(1));
  const ssl = url.searchParams.get('sslmode');
  const uri = `postgresql://${encodeURIComponent(login.user)}:${password}@${url.hostname}:${port}${url.pathname}${url.search}`;
  const qgis =
    `Layer, Add Layer, Add PostGIS Layers, New: host ${host}, port ${port}, database ${database}` +
    `${ssl === null ? '' : `, SSL mode ${ssl}`}; authentication, basic: the user name and the password. ` +
    `Then connect and open the schema ${username}.`;
  return { login: present(login), password, host, port, database, schema: username, uri, qgis };
}

function present({ id, user, label, createdAt, rotatedAt }: Login): LoginBody {
  return { id, user, name: label, created_at: createdAt, rotated_at: rotatedAt };
}
