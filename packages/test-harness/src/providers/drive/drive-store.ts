import { randomBytes } from 'node:crypto';

const sheetType = 'application/vnd.google-apps.spreadsheet';
export const workbookType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
export const shortcutType = 'application/vnd.google-apps.shortcut';

/** A file of Drive with all there is to know of it. */
export interface DriveFile {
  readonly id: string;
  name: string;
  mimeType: string;
  /** `null` of what exists in Drive only: spreadsheets, documents, shortcuts, folders. */
  content: Buffer | null;
  /** What it is exported as, by media type. */
  exports: Record<string, Buffer>;
  headRevisionId: string;
  /** Rises with everything that happens to it. */
  version: number;
  modifiedTime: Date;
  readonly createdTime: Date;
  parents: string[];
  trashed: boolean;
  /** The shared drive that it is in. */
  readonly driveId: string | null;
  /** What a shortcut leads to. */
  readonly targetId: string | null;
  canDownload: boolean;
  /** The token's account may not see it any more. */
  isHidden: boolean;
  /** Its scanner holds it for malware. */
  isAbusive: boolean;
}

/** What a file is made of. */
export interface NewDriveFile {
  name: string;
  content?: string | Uint8Array;
  /** @default text/csv */
  mimeType?: string;
  driveId?: string;
  parents?: string[];
}

/** What may happen to a file; what is left out stays. */
export interface DriveFileChange {
  name?: string;
  /** New bytes; the same bytes again are another revision as well. */
  content?: string | Uint8Array;
  /** Of a spreadsheet: what it is exported as from now on. */
  xlsx?: Uint8Array;
  csv?: string | Uint8Array;
  parents?: string[];
  trashed?: boolean;
  canDownload?: boolean;
  isHidden?: boolean;
  isAbusive?: boolean;
}

/** Something that happened; `added` and `removed` as the account sees it. */
export interface DriveEvent {
  readonly fileId: string;
  readonly state: 'add' | 'remove' | 'update' | 'trash' | 'untrash';
  /** The parts that changed, in Drive's words. */
  readonly changed: readonly string[];
  readonly time: Date;
}

/** Drive's files, as their owner sees them and as a test changes them. */
export class DriveStore {
  /** Everything that happened, in order. */
  readonly events: DriveEvent[] = [];
  private readonly files = new Map<string, DriveFile>();
  private readonly listeners: ((event: DriveEvent) => void)[] = [];

  onEvent(listener: (event: DriveEvent) => void): void {
    this.listeners.push(listener);
  }

  /** The newest first, as `modifiedTime desc` has them. */
  all(): DriveFile[] {
    return [...this.files.values()].filter(({ isHidden }) => !isHidden).reverse();
  }

  /** A file that the account may see. */
  find(id: string): DriveFile | null {
    const file = this.files.get(id);
    return file === undefined || file.isHidden ? null : file;
  }

  /** @returns the id of the new file */
  put({ name, content, mimeType = 'text/csv', driveId, parents }: NewDriveFile): string {
    return this.add({
      ...{ name, mimeType, exports: {}, targetId: null },
      content: content === undefined ? null : Buffer.from(content as Uint8Array),
      driveId: driveId ?? null,
      parents: parents ?? ['root'],
    });
  }

  /** A spreadsheet of Google's own: it has no content, and is exported as these bytes. */
  putSheet({ name, xlsx, csv }: { name: string; xlsx: Uint8Array; csv?: string | Uint8Array }): string {
    const exports = {
      [workbookType]: Buffer.from(xlsx),
      ...(csv === undefined ? {} : { 'text/csv': Buffer.from(csv as Uint8Array) }),
    };
    const place = { driveId: null, targetId: null, parents: ['root'] };
    return this.add({ name, mimeType: sheetType, content: null, exports, ...place });
  }

  putShortcut({ name, targetId }: { name: string; targetId: string }): string {
    const place = { driveId: null, parents: ['root'] };
    return this.add({ name, mimeType: shortcutType, content: null, exports: {}, targetId, ...place });
  }

  change(id: string, change: DriveFileChange): void {
    const file = this.files.get(id);
    if (file === undefined) throw new Error(`no file ${id}`);
    const { content, xlsx, csv, ...plain } = change;
    const wasTrashed = file.trashed;
    Object.assign(file, plain);
    file.version += 1;
    const hasContent = content !== undefined || xlsx !== undefined || csv !== undefined;
    if (content !== undefined) {
      file.content = Buffer.from(content as Uint8Array);
      file.headRevisionId = newId('0B', 24);
    }
    if (xlsx !== undefined) file.exports[workbookType] = Buffer.from(xlsx);
    if (csv !== undefined) file.exports['text/csv'] = Buffer.from(csv as Uint8Array);
    if (hasContent || change.name !== undefined) file.modifiedTime = new Date();
    const trashing = change.trashed === undefined || change.trashed === wasTrashed;
    const state = trashing ? 'update' : change.trashed === true ? 'trash' : 'untrash';
    this.tell(id, state, [
      ...(hasContent ? ['content'] : []),
      ...(change.parents === undefined ? [] : ['parents']),
      'properties',
    ]);
  }

  remove(id: string): void {
    this.files.delete(id);
    this.tell(id, 'remove', []);
  }

  private add(
    file: Pick<DriveFile, 'name' | 'mimeType' | 'content' | 'exports' | 'driveId' | 'targetId' | 'parents'>,
  ): string {
    const id = newId('1', 32);
    const now = new Date();
    this.files.set(id, {
      ...{ ...file, id, headRevisionId: newId('0B', 24), version: 1, modifiedTime: now, createdTime: now },
      ...{ trashed: false, canDownload: true, isHidden: false, isAbusive: false },
    });
    this.tell(id, 'add', []);
    return id;
  }

  private tell(fileId: string, state: DriveEvent['state'], changed: readonly string[]): void {
    const event = { fileId, state, changed, time: new Date() };
    this.events.push(event);
    for (const listener of this.listeners) listener(event);
  }
}

function newId(prefix: string, length: number): string {
  return prefix + randomBytes(length).toString('base64url').slice(0, length);
}
