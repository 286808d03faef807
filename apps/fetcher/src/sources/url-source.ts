import { type RunDescription, SyncError } from '@tidetable/contracts';
import type { DownloadOptions } from '../download/open-url.js';
import { openFile } from './open-file.js';
import { downloadAddress } from './share-links/download-address.js';
import type { SourceConnector } from './source-connector.js';

/** A file at a public http or https address; a share link stands for the file behind it. */
export function createUrlSource(options: DownloadOptions): SourceConnector<RunDescription['source']> {
  return {
    async open(source, previous, signal) {
      if (!URL.canParse(source.url)) throw new SyncError('source-scheme-refused');
      return openFile(downloadAddress(new URL(source.url)), previous, options, signal);
    },
  };
}
