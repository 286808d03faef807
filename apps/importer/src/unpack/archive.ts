/** An archive whose members are known: what zip and tar have in common. */
export interface Archive {
  /** The names of its files, in no order, without those that nobody could want. */
  readonly names: readonly string[];
  /** A fresh stream over a member. */
  open(name: string): Promise<AsyncIterable<Buffer>>;
  /** Lets go of what the archive holds open. Idempotent. */
  close(): Promise<void>;
}
