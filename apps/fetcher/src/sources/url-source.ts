import { type Source, SyncError } from '@tidetable/contracts';
import type { TakeCredentials } from '../credentials/take-credentials.js';
import type { DownloadOptions } from '../download/open-url.js';
import { openLayer } from './arcgis/open-layer.js';
import { recogniseLayer } from './arcgis/recognise-layer.js';
import { openFile } from './open-file.js';
import { downloadAddress } from './share-links/download-address.js';
import type { SourceConnector } from './source-connector.js';
import { openWfs } from './wfs/open-wfs.js';
import { recogniseWfs } from './wfs/recognise-wfs.js';

/**
 * A file at a public http or https address. A share link stands for the file behind it, the address of a layer of
 * ArcGIS or of a type of a WFS for all of its features. What the customer gave for the requests goes to the origin of
 * this very address, and nowhere else, also where a share link stands for a file at another one.
 */
export function createUrlSource(
  defaults: DownloadOptions,
  takeCredentials: TakeCredentials,
): SourceConnector<Extract<Source, { kind: 'url' }>> {
  return {
    async open(source, previous, signal, fileBytesMax = defaults.fileBytesMax) {
      if (!URL.canParse(source.url)) throw new SyncError('source-scheme-refused');
      const url = new URL(source.url);
      const options = { ...defaults, fileBytesMax, credentials: await takeCredentials(source) };
      const layer = recogniseLayer(url);
      if (layer !== null) return openLayer(layer, previous, options, signal);
      const wfs = recogniseWfs(url);
      if (wfs !== null) return openWfs(wfs, options, signal);
      return openFile(downloadAddress(url), previous, options, signal);
    },
  };
}
