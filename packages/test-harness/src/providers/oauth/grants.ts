import { createHash, randomBytes } from 'node:crypto';

/** How a provider's tokens behave. */
export interface TokenHabits {
  /** Each refresh gives another refresh token and spends the one it was made with. */
  rotates: boolean;
  /** How long an access token is good, in seconds. */
  accessSeconds: number;
  /** How long a code is good, in seconds. */
  codeSeconds: number;
}

/** What somebody has consented to. */
export interface Consent {
  readonly account: string;
  readonly redirectUri: string;
  /** The PKCE challenge, S256; `null` where none was given. */
  readonly challenge: string | null;
  readonly scope: string;
  /** Whether a refresh token is given. */
  readonly isOffline: boolean;
}

/** Tokens as they are handed out. */
export interface IssuedTokens {
  readonly accessToken: string;
  readonly refreshToken: string | null;
  readonly scope: string;
  readonly account: string;
}

interface Grant {
  readonly account: string;
  readonly scope: string;
  isRevoked: boolean;
  /** Refresh tokens that are taken; of a provider that rotates them, one, or two until the newer is proven to have arrived. */
  refreshTokens: string[];
}

interface AccessToken {
  readonly grant: Grant;
  expiresAt: number;
  /** The refresh tokens that end when this token is used. */
  supersedes: string[];
}

/** What became of an access token; `none` of one that was never issued. */
export type TokenState = 'good' | 'expired' | 'revoked' | 'none';

/** What a provider knows of consents and tokens. */
export class Grants {
  /** Until a refreshed access token is used, the refresh token before it is taken again. */
  isForgiving = false;
  private readonly grants: Grant[] = [];
  private readonly codes = new Map<string, { consent: Consent; expiresAt: number; isUsed: boolean }>();
  private readonly accessTokens = new Map<string, AccessToken>();
  private readonly secrets: string[] = [];

  constructor(
    readonly habits: TokenHabits,
    private readonly prefixes: { code: string; access: string; refresh: string },
  ) {}

  /** Every code and token that was ever issued; nobody but the client may ever see one. */
  issuedSecrets(): readonly string[] {
    return this.secrets;
  }

  /** A code for somebody who has consented. */
  issueCode(consent: Consent): string {
    const code = this.secret(this.prefixes.code);
    this.codes.set(code, { consent, expiresAt: inSeconds(this.habits.codeSeconds), isUsed: false });
    return code;
  }

  /** The consent behind a code, once; `null` for a code that is unknown, used or too old. */
  takeCode(code: string): Consent | null {
    const known = this.codes.get(code);
    if (known === undefined || known.isUsed || known.expiresAt < Date.now()) return null;
    known.isUsed = true;
    return known.consent;
  }

  /** Tokens for a consent. */
  begin({ account, scope, isOffline }: Pick<Consent, 'account' | 'scope' | 'isOffline'>): IssuedTokens {
    const grant: Grant = { account, scope, isRevoked: false, refreshTokens: [] };
    this.grants.push(grant);
    const refreshToken = isOffline ? this.secret(this.prefixes.refresh) : null;
    if (refreshToken !== null) grant.refreshTokens = [refreshToken];
    return { accessToken: this.issueAccessToken(grant), refreshToken, scope, account };
  }

  /** Tokens for a refresh token; `null` for one that is unknown, spent or revoked. No refresh token where it stays. */
  refresh(refreshToken: string): IssuedTokens | null {
    const grant = this.grants.find((each) => !each.isRevoked && each.refreshTokens.includes(refreshToken));
    if (grant === undefined) return null;
    const { scope, account } = grant;
    const accessToken = this.issueAccessToken(grant);
    if (!this.habits.rotates) return { accessToken, refreshToken: null, scope, account };
    const renewed = this.secret(this.prefixes.refresh);
    grant.refreshTokens = this.isForgiving ? [refreshToken, renewed] : [renewed];
    if (this.isForgiving) this.accessTokens.get(accessToken)?.supersedes.push(refreshToken);
    return { accessToken, refreshToken: renewed, scope, account };
  }

  /** What an access token is worth now. */
  stateOf(accessToken: string | null): TokenState {
    const known = this.accessTokens.get(accessToken ?? '');
    if (known === undefined) return 'none';
    if (known.grant.isRevoked) return 'revoked';
    return known.expiresAt <= Date.now() ? 'expired' : 'good';
  }

  /** Uses a good access token, which ends the refresh tokens before it: whose it is, and for what. */
  use(accessToken: string): Pick<Consent, 'account' | 'scope'> {
    const known = this.accessTokens.get(accessToken);
    if (known === undefined) throw new Error('the access token was never issued');
    const { grant, supersedes } = known;
    grant.refreshTokens = grant.refreshTokens.filter((each) => !supersedes.includes(each));
    return { account: grant.account, scope: grant.scope };
  }

  /** Ends what belongs to a token of either kind; `false` when it belongs to nothing any more. */
  revoke(token: string): boolean {
    const grant =
      this.accessTokens.get(token)?.grant ?? this.grants.find((each) => each.refreshTokens.includes(token));
    if (grant === undefined || grant.isRevoked) return false;
    grant.isRevoked = true;
    return true;
  }

  /** Whether an account has consented before and not taken it back. */
  hasConsented(account: string): boolean {
    return this.grants.some((each) => !each.isRevoked && each.account === account);
  }

  /** Somebody takes all consents back on the provider's own pages. */
  revokeAll(): void {
    for (const grant of this.grants) grant.isRevoked = true;
  }

  /** Time passes: no access token that was issued so far is good any more. */
  expireAccessTokens(): void {
    for (const token of this.accessTokens.values()) token.expiresAt = 0;
  }

  private issueAccessToken(grant: Grant): string {
    const token = this.secret(this.prefixes.access);
    this.accessTokens.set(token, { grant, expiresAt: inSeconds(this.habits.accessSeconds), supersedes: [] });
    return token;
  }

  private secret(prefix: string): string {
    const secret = `${prefix}${randomBytes(24).toString('base64url')}`;
    this.secrets.push(secret);
    return secret;
  }
}

/** Whether a verifier is the one that a challenge was made from, by S256. */
export function isVerifierOf(challenge: string, verifier: string): boolean {
  if (!/^[A-Za-z0-9._~-]{43,128}$/.test(verifier)) return false;
  return createHash('sha256').update(verifier).digest('base64url') === challenge;
}

function inSeconds(seconds: number): number {
  return Date.now() + seconds * 1_000;
}
