import type {
  CreateLoginV1Reply,
  CreateLoginV1Request,
  ListLoginsV1Reply,
  ListLoginsV1Request,
  Login,
  LoginPlace,
  RevokeLoginV1Reply,
  RevokeLoginV1Request,
  RotateLoginV1Reply,
  RotateLoginV1Request,
} from '@tidetable/contracts';
import { type Client, DatabaseError } from 'pg';
import { loginsTable } from '../swap/ledger.js';
import { changePassword, createLoginRole, dropLoginRole, type LoginBounds } from './login-role.js';
import { makePassword } from './make-password.js';
import { ensureReader, grantWhatIsThere } from './reader-role.js';

/** The first key of the advisory locks under which logins change, the second is the schema's. */
const loginLockClass = 7_303;
/** SQLSTATE of somebody who may not do it. */
const insufficientPrivilege = '42501';

const columns = `id, role_name AS "user", label, created_at AS "createdAt", rotated_at AS "rotatedAt"`;

interface LoginRow {
  id: string;
  user: string;
  label: string | null;
  createdAt: Date;
  rotatedAt: Date | null;
}

/** How an importer makes logins. */
export interface LoginRules extends LoginBounds {
  readonly loginsMax: number;
  readonly place: LoginPlace;
}

/** The logins of an account. */
export async function listLogins(
  client: Client,
  { accountId, schema }: ListLoginsV1Request,
  place: LoginPlace,
): Promise<ListLoginsV1Reply> {
  const { rows } = await client.query<LoginRow>(
    `SELECT ${columns} FROM ${loginsTable} WHERE account_id = $1 AND schema_name = $2 ORDER BY created_at, id`,
    [accountId, schema],
  );
  return { logins: rows.map(present), place };
}

/** Makes a login, whose password is in the answer and nowhere else. */
export async function createLogin(
  client: Client,
  { accountId, schema, label }: CreateLoginV1Request,
  rules: LoginRules,
): Promise<CreateLoginV1Reply> {
  const password = makePassword();
  await client.query('BEGIN');
  try {
    await client.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [loginLockClass, schema]);
    const { rowCount } = await client.query(`SELECT FROM ${loginsTable} WHERE account_id = $1`, [accountId]);
    if ((rowCount ?? 0) >= rules.loginsMax) {
      await client.query('ROLLBACK');
      return { outcome: 'too-many', max: rules.loginsMax };
    }
    const reader = await ensureReader(client, schema);
    const user = await createLoginRole(client, schema, reader, password, rules);
    const { rows } = await client.query<LoginRow>(
      `INSERT INTO ${loginsTable} (account_id, schema_name, role_name, label) VALUES ($1, $2, $3, $4)
       RETURNING ${columns}`,
      [accountId, schema, user, label],
    );
    await client.query('COMMIT');
    await grantWhatIsThere(client, schema, reader);
    return { outcome: 'created', login: present(rows[0]!), password, place: rules.place };
  } catch (error) {
    if (client.getTransactionStatus() !== 'I') await client.query('ROLLBACK');
    if (error instanceof DatabaseError && error.code === insufficientPrivilege)
      return { outcome: 'not-possible' };
    throw error;
  }
}

/** Gives a login a new password, which is in the answer and nowhere else. */
export async function rotateLogin(
  client: Client,
  { accountId, schema, id }: RotateLoginV1Request,
  place: LoginPlace,
): Promise<RotateLoginV1Reply> {
  const password = makePassword();
  const { rows } = await client.query<LoginRow>(
    `UPDATE ${loginsTable} SET rotated_at = now() WHERE account_id = $1 AND schema_name = $2 AND id = $3
     RETURNING ${columns}`,
    [accountId, schema, id],
  );
  const [row] = rows;
  if (row === undefined) return { outcome: 'unknown' };
  await changePassword(client, row.user, password);
  return { outcome: 'rotated', login: present(row), password, place };
}

/** Ends a login. Its row goes last, so that what was interrupted can be asked for again. */
export async function revokeLogin(
  client: Client,
  { accountId, schema, id }: RevokeLoginV1Request,
): Promise<RevokeLoginV1Reply> {
  const { rows } = await client.query<{ role_name: string }>(
    `SELECT role_name FROM ${loginsTable} WHERE account_id = $1 AND schema_name = $2 AND id = $3`,
    [accountId, schema, id],
  );
  const [row] = rows;
  if (row === undefined) return { wasThere: false };
  await dropLoginRole(client, row.role_name);
  await client.query(`DELETE FROM ${loginsTable} WHERE id = $1`, [id]);
  return { wasThere: true };
}

function present({ id, user, label, createdAt, rotatedAt }: LoginRow): Login {
  return {
    id,
    user,
    label,
    createdAt: createdAt.toISOString(),
    rotatedAt: rotatedAt?.toISOString() ?? null,
  };
}
