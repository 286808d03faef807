/** The services; two processes of each run. */
export const serviceNames = ['api', 'scheduler', 'fetcher', 'importer'] as const;
export type ServiceName = (typeof serviceNames)[number];

/** How many processes of each service run. */
export const replicas = 2;

/** Every connection between a service and a server goes through a link that can stall or be cut. */
export const linkNames = [
  'api-postgres',
  'scheduler-postgres',
  'importer-postgres',
  'fetcher-postgres',
  'api-nats',
  'scheduler-nats',
  'fetcher-nats',
  'importer-nats',
] as const;
export type LinkName = (typeof linkNames)[number];

export type ServerName = 'postgres' | 'nats';

/** One thing that goes wrong, and for how long. */
export type FaultDeed =
  | { kind: 'kill-service'; service: ServiceName; replica: number; durationMs: number }
  | { kind: 'freeze-service'; service: ServiceName; replica: number; durationMs: number }
  | { kind: 'kill-server'; server: ServerName; durationMs: 0 }
  | { kind: 'restart-server'; server: ServerName; durationMs: 0 }
  | { kind: 'stall-link'; link: LinkName; durationMs: number }
  | { kind: 'cut-link'; link: LinkName; durationMs: number }
  | { kind: 'fill-staging-disk'; durationMs: number };

/** A fault with its moment, counted from the beginning of the load. */
export type Fault = FaultDeed & { readonly atMs: number };

/** What the fault strikes, in words. */
export function describeFault(deed: FaultDeed): string {
  switch (deed.kind) {
    case 'kill-service':
      return `kill -9 ${deed.service}`;
    case 'freeze-service':
      return `SIGSTOP ${deed.service}`;
    case 'kill-server':
      return `kill -9 ${deed.server}`;
    case 'restart-server':
      return `restart ${deed.server}`;
    case 'stall-link':
      return `stall ${deed.link}`;
    case 'cut-link':
      return `cut ${deed.link}`;
    case 'fill-staging-disk':
      return 'staging disk full';
  }
}
