/** Which run, of which synchronization. */
export interface RunReference {
  readonly runId: string;
  readonly synchronizationId: string;
}
