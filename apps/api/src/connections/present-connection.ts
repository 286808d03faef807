import type {
  Connection,
  ConnectionDto,
  ConnectionState,
  ServiceFile,
  ServiceFileDto,
} from '@tidetable/contracts';
import { spellTime } from '../http/spell-time.js';
import { serviceTitles } from './service-titles.js';

/** A connection as its owner sees it. */
export function presentConnection({ service, state, accountName, connectedAt }: Connection): ConnectionDto {
  return {
    service,
    title: serviceTitles[service],
    state: presentState(state),
    account_name: accountName,
    connected_at: spell(connectedAt),
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
