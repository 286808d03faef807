import type { StorageService } from '@tidetable/contracts';

/** How people call each service. */
export const serviceTitles: Record<StorageService, string> = {
  gdrive: 'Google Drive',
  dropbox: 'Dropbox',
  box: 'Box',
};
