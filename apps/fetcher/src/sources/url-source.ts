import { SyncError, type RunDescription, type SourceVersion } from '@tidetable/contracts';
import { downloadUrl, type DownloadOptions } from '../download/download-url.js';
import { downloadAddress } from './share-links/download-address.js';
import type { SourceConnector } from './source-connector.js';

export interface UrlSourceOptions extends DownloadOptions {
  /** From the first request to the last byte, in milliseconds. */
  downloadTimeoutMs: number;
}

/** A file at a public http or https address; a share link stands for the file behind it. */
export function createUrlSource(options: UrlSourceOptions): SourceConnector<RunDescription['source']> {
  return {
    async open(source, previous: SourceVersion | null, signal) {
      const deadline = new AbortController();
      const timer = setTimeout(
        () => deadline.abort(overdue(options.downloadTimeoutMs)),
        options.downloadTimeoutMs,
      );
      try {
        const opened = await downloadUrl(
          URL.canParse(source.url) ? downloadAddress(new URL(source.url)).href : source.url,
          previous,
          options,
          AbortSignal.any([signal, deadline.signal]),
        );
        if (opened.isChanged) opened.content.once('close', () => clearTimeout(timer));
        else clearTimeout(timer);
        return opened;
      } catch (error) {
        clearTimeout(timer);
        throw error;
      }
    },
  };
}

function overdue(downloadTimeoutMs: number): SyncError {
  return new SyncError(
    'source-timeout',
    `the whole download did not end within ${downloadTimeoutMs / 1_000} s`,
  );
}
