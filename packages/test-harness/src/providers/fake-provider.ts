import type { FakeTokens } from './oauth/fake-oauth.js';
import type { RegisteredClient, Visitor } from './oauth/oauth-routes.js';
import type { Hosts } from './start-hosts.js';

/** The addresses of a provider that a client is configured with. */
export interface ProviderEndpoints {
  readonly authorizeUrl: string;
  readonly tokenUrl: string;
  readonly revokeUrl: string;
  /** The roots, without a slash at the end, below which the paths of the provider's documentation begin. */
  readonly apiUrl: string;
  readonly contentUrl: string;
}

/** The routes that every provider has, as `script.next` and `requests` take them. */
export interface ProviderRoutes {
  readonly token: string;
  readonly revoke: string;
  /** What is known of one file. */
  readonly describe: string;
  /** The content of a file, where its first request goes. */
  readonly download: string;
  readonly list: string;
}

/** A provider of storage made of real servers on loopback, which is as strict as the real one and does as told. */
export interface FakeProvider<Host extends string> extends Pick<Hosts<Host>, 'script' | 'requests' | 'stop'> {
  /** The address of each host; every one is an origin of its own. */
  readonly hosts: Readonly<Record<Host, string>>;
  readonly endpoints: ProviderEndpoints;
  readonly routes: ProviderRoutes;
  /** The environment of a fetcher that is to use this provider in place of the real one. */
  readonly environment: Readonly<Record<string, string>>;
  /** Who sits before the page of consent; change it to have somebody else there, or somebody who denies. */
  readonly visitor: Visitor;
  readonly tokens: FakeTokens;
  /** Opens a page of consent and clicks. @returns where the browser is sent back to */
  consent(authorizeUrl: string): Promise<URL>;
}

/** What every provider's environment has: the client, and where its tokens are. */
export function clientEnvironment(
  prefix: string,
  { clientId, clientSecret }: RegisteredClient,
  { authorizeUrl, tokenUrl, apiUrl }: ProviderEndpoints,
): Record<string, string> {
  return {
    [`${prefix}_CLIENT_ID`]: clientId,
    [`${prefix}_CLIENT_SECRET`]: clientSecret,
    [`${prefix}_AUTHORIZE_URL`]: authorizeUrl,
    [`${prefix}_TOKEN_URL`]: tokenUrl,
    [`${prefix}_API_URL`]: apiUrl,
  };
}

/** The host of an address, with its port, as lists of hosts have it. */
export function hostOf(url: string): string {
  return new URL(url).host;
}
