import type {
  Connection,
  ConnectionDto,
  ConnectionState,
  PushState,
  ServiceFile,
  ServiceFileDto,
} from '@tidetable/contracts';
import { spellTime } from '../http/spell-time.js';
import { serviceTitles } from './service-titles.js';

/** Why changes are found by the schedule only. */
const whyNoPush: Readonly<Record<PushState, string | null>> = {
  on: null,
  'no-public-url': 'This installation has no public address that the service could call (PUBLIC_URL).',
  'no-https': 'The public address of this installation is not an https address (PUBLIC_URL).',
  'no-signature-keys': 'This installation does not have the keys that the service signs with.',
  'not-configured': 'This installation is not registered with the service.',
};

/** A connection as its owner sees it. */
export function presentConnection(connection: Connection): ConnectionDto {
  const { service, state, accountName, connectedAt, push } = connection;
  return {
    service,
    title: serviceTitles[service],
    state: presentState(state),
    account_name: accountName,
    connected_at: spell(connectedAt),
    push: push === 'on',
    push_reason: push === undefined ? null : whyNoPush[push],
  };
}

function presentState(state: ConnectionState): ConnectionDto['state'] {
  return state === 'none' ? 'not-connected' : state;
}

/** A file at a service. */
export function presentFile({ id, name, bytes, revision, modifiedAt }: ServiceFile): ServiceFileDto {
  return { id, name, size: bytes, revision, modified_at: spell(modifiedAt) };
}

/** The same in CARTO's words, where a size of zero is one that is not known. */
export function presentCartoFile(file: ServiceFile, service: string): Record<string, unknown> {
  const { id, name, bytes, revision, modifiedAt } = file;
  return {
    id,
    title: name,
    filename: name,
    service,
    checksum: revision ?? '',
    size: bytes ?? 0,
    modified_at: spell(modifiedAt),
  };
}

function spell(time: string | null): string | null {
  return time === null ? null : spellTime(new Date(time));
}
