import { randomBytes } from 'node:crypto';

/** A file of Dropbox with all there is to know of it. */
export interface DropboxFile {
  readonly id: string;
  /** With a slash before each part. */
  path: string;
  content: Buffer;
  rev: string;
  /** Whole seconds. */
  modified: Date;
  isDeleted: boolean;
  /** `false` of what exists in Dropbox only. */
  isDownloadable: boolean;
  /** What its content is answered with instead, by Dropbox's word. */
  refusal: 'restricted_content' | 'locked' | null;
}

/** What may happen to a file; what is left out stays. */
export interface DropboxFileChange {
  /** Renamed or moved: its id stays. */
  path?: string;
  /** New bytes; the same bytes again are another revision as well. */
  content?: string | Uint8Array;
  isDeleted?: boolean;
  isDownloadable?: boolean;
  refusal?: 'restricted_content' | 'locked' | null;
}

/** Dropbox's files, as a test changes them. */
export class DropboxStore {
  /** The ids of files that something happened to, in order. */
  readonly events: string[] = [];
  private readonly files = new Map<string, DropboxFile>();
  private readonly listeners: (() => void)[] = [];

  onEvent(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** The newest first. */
  all(): DropboxFile[] {
    return [...this.files.values()].reverse();
  }

  /** By `id:…`, `rev:…` or a path, which is compared without case. A deleted file is found as well. */
  find(path: string): DropboxFile | null {
    const files = this.all();
    if (path.startsWith('id:')) return this.files.get(path) ?? null;
    if (path.startsWith('rev:')) return files.find(({ rev }) => `rev:${rev}` === path) ?? null;
    return files.find((file) => file.path.toLowerCase() === path.toLowerCase()) ?? null;
  }

  /** @returns the id of the new file */
  put({
    path,
    content,
    isDownloadable = true,
  }: {
    path: string;
    content: string | Uint8Array;
    isDownloadable?: boolean;
  }): string {
    if (!path.startsWith('/')) throw new Error('a path begins with a slash');
    const id = `id:${randomBytes(16).toString('base64url')}`;
    const file = {
      id,
      path,
      content: Buffer.from(content as Uint8Array),
      rev: newRev(),
      modified: wholeSecond(),
    };
    this.files.set(id, { ...file, isDeleted: false, isDownloadable, refusal: null });
    this.tell(id);
    return id;
  }

  change(id: string, { content, ...plain }: DropboxFileChange): void {
    const file = this.files.get(id);
    if (file === undefined) throw new Error(`no file ${id}`);
    Object.assign(file, plain);
    if (content !== undefined) {
      file.content = Buffer.from(content as Uint8Array);
      file.modified = wholeSecond();
    }
    // A moved file is another revision of the same content, as far as Dropbox is concerned.
    if (content !== undefined || plain.path !== undefined) file.rev = newRev();
    this.tell(id);
  }

  /** Nothing remembers it, not even that it was there. */
  remove(id: string): void {
    this.files.delete(id);
    this.tell(id);
  }

  private tell(id: string): void {
    this.events.push(id);
    for (const listener of this.listeners) listener();
  }
}

function newRev(): string {
  return randomBytes(9).toString('hex');
}

function wholeSecond(): Date {
  return new Date(Math.floor(Date.now() / 1_000) * 1_000);
}
