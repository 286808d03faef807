import type { StorageService } from '@tidetable/contracts';
import type { ServiceCallOptions } from '../../providers/ask-service.js';
import type { ProviderSettings } from '../../providers/oauth-provider.js';
import { createBoxFiles } from './box-files.js';
import { createDriveFiles } from './drive-files.js';
import { createDropboxFiles } from './dropbox-files.js';
import type { AllServiceFiles } from './service-files.js';

/** The files of every storage service, at the hosts that the operator says. */
export function createServiceFiles(
  { gdrive, dropbox, box }: Readonly<Record<StorageService, ProviderSettings>>,
  options: ServiceCallOptions,
): AllServiceFiles {
  return {
    gdrive: createDriveFiles(gdrive, options),
    dropbox: createDropboxFiles(dropbox, options),
    box: createBoxFiles(box, options),
  };
}
