import { randomInt } from 'node:crypto';

/** A file of Box with all there is to know of it. */
export interface BoxFile {
  readonly id: string;
  name: string;
  content: Buffer;
  /** Rises with everything that happens to it, new content or not. */
  etag: number;
  /** Another one for each upload. */
  versionId: string;
  modifiedAt: Date;
  parentId: string;
  isTrashed: boolean;
  canDownload: boolean;
  /** How often its content is not ready yet when it is asked for. */
  preparations: number;
}

/** What may happen to a file; what is left out stays. */
export interface BoxFileChange {
  name?: string;
  /** New bytes; the same bytes again are another version as well. */
  content?: string | Uint8Array;
  parentId?: string;
  isTrashed?: boolean;
  canDownload?: boolean;
  preparations?: number;
}

/** Something that happened, by the name that Box's webhooks have for it. */
export interface BoxEvent {
  readonly trigger: BoxTrigger;
  readonly file: BoxFile;
}

export const boxTriggers = [
  ...(['FILE.UPLOADED', 'FILE.RENAMED', 'FILE.MOVED', 'FILE.TRASHED', 'FILE.RESTORED'] as const),
  ...(['FILE.DELETED', 'FILE.DOWNLOADED', 'FILE.PREVIEWED', 'FILE.COPIED', 'FILE.LOCKED'] as const),
] as const;
export type BoxTrigger = (typeof boxTriggers)[number];

/** Box's files, as a test changes them. */
export class BoxStore {
  private readonly files = new Map<string, BoxFile>();
  private readonly listeners: ((event: BoxEvent) => void)[] = [];

  onEvent(listener: (event: BoxEvent) => void): void {
    this.listeners.push(listener);
  }

  /** The newest first. */
  all(): BoxFile[] {
    return [...this.files.values()].reverse();
  }

  find(id: string): BoxFile | null {
    return this.files.get(id) ?? null;
  }

  /** @returns the id of the new file */
  put({
    name,
    content,
    parentId = '0',
  }: {
    name: string;
    content: string | Uint8Array;
    parentId?: string;
  }): string {
    const file: BoxFile = {
      ...{
        id: newId(),
        name,
        content: Buffer.from(content as Uint8Array),
        etag: 0,
        versionId: newId(),
        parentId,
      },
      ...{ modifiedAt: new Date(), isTrashed: false, canDownload: true, preparations: 0 },
    };
    this.files.set(file.id, file);
    this.tell('FILE.UPLOADED', file);
    return file.id;
  }

  change(id: string, { content, ...plain }: BoxFileChange): void {
    const file = this.files.get(id);
    if (file === undefined) throw new Error(`no file ${id}`);
    const wasTrashed = file.isTrashed;
    Object.assign(file, plain);
    file.etag += 1;
    file.modifiedAt = new Date();
    if (content !== undefined) {
      file.content = Buffer.from(content as Uint8Array);
      file.versionId = newId();
      this.tell('FILE.UPLOADED', file);
    }
    if (plain.name !== undefined) this.tell('FILE.RENAMED', file);
    if (plain.parentId !== undefined) this.tell('FILE.MOVED', file);
    if (file.isTrashed !== wasTrashed) this.tell(file.isTrashed ? 'FILE.TRASHED' : 'FILE.RESTORED', file);
  }

  remove(id: string): void {
    const file = this.files.get(id);
    this.files.delete(id);
    if (file !== undefined) this.tell('FILE.DELETED', file);
  }

  private tell(trigger: BoxTrigger, file: BoxFile): void {
    for (const listener of this.listeners) listener({ trigger, file });
  }
}

function newId(): string {
  return `1${randomInt(10 ** 10)
    .toString()
    .padStart(10, '0')}`;
}
