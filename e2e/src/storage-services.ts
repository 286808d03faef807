import type { StorageService } from '@tidetable/contracts';
import { type FakeProvider, startFakeBox, startFakeDrive, startFakeDropbox } from '@tidetable/test-harness';
import type { System } from './system.js';

/** A storage service, with what its customer does there. */
export interface Service {
  readonly service: StorageService;
  readonly title: string;
  readonly provider: FakeProvider<string>;
  /** @returns the service's id of the new file */
  put(name: string, content: string): string;
  change(id: string, content: string): void;
}

/** Starts all of them; each knows this installation, and sends browsers back to nowhere else. */
export async function startServices({ apiUrl }: System): Promise<Record<StorageService, Service>> {
  const client = (service: StorageService) => ({
    clientId: `${service}-client`,
    clientSecret: `${service}-secret`,
    redirectUri: `${apiUrl}/api/v1/imports/service/${service}/oauth_callback`,
  });
  const [drive, dropbox, box] = await Promise.all([
    startFakeDrive(client('gdrive')),
    startFakeDropbox(client('dropbox')),
    startFakeBox(client('box')),
  ]);
  return {
    gdrive: {
      ...{ service: 'gdrive', title: 'Google Drive', provider: drive },
      put: (name, content) => drive.files.put({ name, content }),
      change: (id, content) => drive.files.change(id, { content }),
    },
    dropbox: {
      ...{ service: 'dropbox', title: 'Dropbox', provider: dropbox },
      put: (name, content) => dropbox.files.put({ path: `/${name}`, content }),
      change: (id, content) => dropbox.files.change(id, { content }),
    },
    box: {
      ...{ service: 'box', title: 'Box', provider: box },
      put: (name, content) => box.files.put({ name, content }),
      change: (id, content) => box.files.change(id, { content }),
    },
  };
}

/** Calls the API with the customer's key; the answer's status and body. */
export async function callApi(
  { apiUrl, apiKey }: System,
  method: string,
  path: string,
): Promise<{ status: number; json: unknown }> {
  const response = await fetch(`${apiUrl}/api/v1${path}${path.includes('?') ? '&' : '?'}api_key=${apiKey}`, {
    method,
  });
  return { status: response.status, json: await response.json() };
}

/** Connects the account as its owner does in a browser: to our page, on to the service, and back. @returns the last page */
export async function connect(
  system: System,
  { service, provider }: Service,
): Promise<{ status: number; text: string; state: string }> {
  const begun = await callApi(system, 'POST', `/connections/${service}`);
  const { url } = begun.json as { url: string };
  const page = await fetch(url);
  const cookie = page.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const link = /href="([^"]+)"/.exec(await page.text())?.[1] ?? '';
  const led = await fetch(new URL(link, url), { headers: { cookie }, redirect: 'manual' });
  const location = led.headers.get('location');
  if (led.status !== 303 || location === null) throw new Error(`our page led nowhere: ${led.status}`);
  const callback = await provider.consent(location);
  const back = await fetch(callback, { headers: { cookie } });
  const state = callback.searchParams.get('state') ?? '';
  return { status: back.status, text: await back.text(), state };
}
