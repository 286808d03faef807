import { ServerNats } from '@nestjs/microservices';
import {
  createLoginV1Pattern,
  type CreateLoginV1Reply,
  type CreateLoginV1Request,
  listLoginsV1Pattern,
  type ListLoginsV1Reply,
  type ListLoginsV1Request,
  type Login,
  revokeLoginV1Pattern,
  type RevokeLoginV1Reply,
  type RevokeLoginV1Request,
  rotateLoginV1Pattern,
  type RotateLoginV1Reply,
  type RotateLoginV1Request,
} from '@tidetable/contracts';
import { randomUUID } from 'node:crypto';

/** Stands where the importers stand: keeps logins without making any. */
export interface ScriptedImporter {
  /** Gives an account one login, of this id, and no other. */
  give(accountId: string, id: string): void;
  stop(): Promise<void>;
}

const place = { host: 'db.internal', port: 6543, database: 'destination' };
const loginsMax = 2;

/** Starts answering on the given bus. */
export async function startScriptedImporter(natsUrl: string): Promise<ScriptedImporter> {
  const logins: { accountId: string; login: Login }[] = [];
  const find = ({ accountId, id }: RotateLoginV1Request): Login | undefined =>
    logins.find((one) => one.accountId === accountId && one.login.id === id)?.login;
  const server = new ServerNats({ servers: [natsUrl] });
  server.addHandler(
    listLoginsV1Pattern,
    async ({ accountId }: ListLoginsV1Request): Promise<ListLoginsV1Reply> => ({
      logins: logins.filter((one) => one.accountId === accountId).map(({ login }) => login),
      place,
    }),
  );
  server.addHandler(
    createLoginV1Pattern,
    async ({ accountId, schema, label }: CreateLoginV1Request): Promise<CreateLoginV1Reply> => {
      if (logins.filter((one) => one.accountId === accountId).length >= loginsMax)
        return { outcome: 'too-many', max: loginsMax };
      const id = randomUUID();
      const user = `${schema.replaceAll('-', '_')}_${id.slice(0, 6)}`;
      const login = { id, user, label, createdAt: new Date().toISOString(), rotatedAt: null };
      logins.push({ accountId, login });
      return { outcome: 'created', login, password: 'made-of-random-bits', place };
    },
  );
  server.addHandler(
    rotateLoginV1Pattern,
    async (request: RotateLoginV1Request): Promise<RotateLoginV1Reply> => {
      const login = find(request);
      return login === undefined
        ? { outcome: 'unknown' }
        : { outcome: 'rotated', login, password: 'made-of-other-bits', place };
    },
  );
  server.addHandler(
    revokeLoginV1Pattern,
    async (request: RevokeLoginV1Request): Promise<RevokeLoginV1Reply> => {
      const at = logins.findIndex(({ login }) => login === find(request));
      if (at !== -1) logins.splice(at, 1);
      return { wasThere: at !== -1 };
    },
  );
  await new Promise<void>((resolve, reject) => {
    void server.listen((error?: unknown) =>
      error === undefined ? resolve() : reject(new Error('the bus is not there', { cause: error })),
    );
  });
  return {
    give: (accountId, id) => {
      const createdAt = new Date().toISOString();
      logins.splice(0, logins.length, {
        accountId,
        login: { id, user: 'demo_3f9a2c', label: null, createdAt, rotatedAt: null },
      });
    },
    stop: () => server.close(),
  };
}
