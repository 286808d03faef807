import type { StorageService } from '@tidetable/contracts';

/** What is registered and where, for one service. Addresses have no trailing slash. */
export interface ProviderSettings {
  readonly service: StorageService;
  /** `null` when the operator has registered no client: nobody can connect then. */
  readonly client: { readonly id: string; readonly secret: string } | null;
  readonly authorizeUrl: string;
  readonly tokenUrl: string;
  readonly revokeUrl: string;
  /** The root below which the paths of the service's documentation begin. */
  readonly apiUrl: string;
  /** Where contents come from, of services that have a host of their own for them. */
  readonly contentUrl: string;
  /** The hosts that answers may send us on to for contents; `*.` before a name stands for every host below it. */
  readonly contentHosts: readonly string[];
}

/** How people call each service. */
export const serviceTitles: Record<StorageService, string> = {
  gdrive: 'Google Drive',
  dropbox: 'Dropbox',
  box: 'Box',
};

interface OAuthDialect {
  /** What reading files takes; a customer may have agreed to less. Empty where the registration of the client says it. */
  readonly scopes: readonly string[];
  /** What the page of consent is asked for besides what every service wants. */
  readonly authorizeParameters: Readonly<Record<string, string>>;
  readonly hasPkce: boolean;
  /** A refresh gives another refresh token and spends the one it was made with. */
  readonly rotatesRefreshTokens: boolean;
  /** How long before its end an access token counts as ended, in milliseconds; the services' own libraries do so. */
  readonly refreshEarlyMs: number;
  /** A refresh token that nobody uses ends; so it is used after so many days at the latest. `null` where it does not. */
  readonly idleDaysMax: number | null;
}

/** What is peculiar to each service's OAuth. */
export const oauthDialects: Record<StorageService, OAuthDialect> = {
  gdrive: {
    scopes: ['https://www.googleapis.com/auth/drive.readonly'],
    authorizeParameters: {
      access_type: 'offline',
      // Without it only the first consent of all gives a refresh token.
      prompt: 'consent',
    },
    hasPkce: true,
    rotatesRefreshTokens: false,
    refreshEarlyMs: 300_000,
    // It ends after six months.
    idleDaysMax: 90,
  },
  dropbox: {
    scopes: ['account_info.read', 'files.metadata.read', 'files.content.read'],
    authorizeParameters: { token_access_type: 'offline' },
    hasPkce: true,
    rotatesRefreshTokens: false,
    refreshEarlyMs: 300_000,
    idleDaysMax: null,
  },
  box: {
    scopes: [],
    authorizeParameters: {},
    hasPkce: false,
    rotatesRefreshTokens: true,
    refreshEarlyMs: 180_000,
    // It ends after sixty days.
    idleDaysMax: 30,
  },
};
