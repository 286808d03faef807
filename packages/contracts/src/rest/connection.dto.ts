import type { StorageService } from '../sources/source.js';

/** An account's connection to a storage service. Fields and spelling are part of the API. */
export interface ConnectionDto {
  service: StorageService;
  /** How people call the service. */
  title: string;
  state: 'not-configured' | 'not-connected' | 'connected' | 'needs-reconnecting';
  /** The customer's name at the service, such as an e-mail address. */
  account_name: string | null;
  connected_at: string | null;
  /** Whether the service tells of changes, which are then in the table within seconds. */
  push: boolean;
  /** Why it does not; the schedule finds changes in any case. */
  push_reason: string | null;
}

/** The answer to beginning a connection: where the customer's browser is to go. */
export interface BegunConnectionDto {
  url: string;
  /** How long the address is good, in seconds. */
  expires_in: number;
}

/** The answer to ending a connection. */
export interface EndedConnectionDto {
  service: StorageService;
  state: 'not-connected';
  /** False when the service could not be told: its own list of connected apps may still show us. */
  service_told: boolean;
}

/** A customer's file at a service. */
export interface ServiceFileDto {
  /** The `service_item_id` of a synchronization of it. */
  id: string;
  name: string;
  /** In bytes; `null` when the service does not say. */
  size: number | null;
  /** The service's word for the version. */
  revision: string | null;
  modified_at: string | null;
}

/** A page of a customer's files at a service. */
export interface ServiceFilesDto {
  files: ServiceFileDto[];
  /** What to ask for as `page` to go on; `null` at the end. */
  next_page: string | null;
}
