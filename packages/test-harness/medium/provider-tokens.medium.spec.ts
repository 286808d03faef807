import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type FakeProvider, startFakeBox, startFakeDrive, startFakeDropbox } from '@tidetable/test-harness';

const redirectUri = 'https://tables.example.org/back';
const client = { clientId: 'client-1', clientSecret: 'the/secret+1', redirectUri };
const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';

interface Example {
  name: string;
  start: () => Promise<FakeProvider<string>>;
  offline: Record<string, string>;
  pkce: Record<string, string>;
  wrongClientStatus: number;
  isRotating: boolean;
}

const withPkce = { code_challenge: challenge, code_challenge_method: 'S256' };
const examples: Example[] = [
  {
    name: 'Drive',
    start: () => startFakeDrive(client),
    offline: { access_type: 'offline', scope: 'https://www.googleapis.com/auth/drive.readonly' },
    pkce: withPkce,
    wrongClientStatus: 401,
    isRotating: false,
  },
  {
    name: 'Dropbox',
    start: () => startFakeDropbox(client),
    offline: { token_access_type: 'offline' },
    pkce: withPkce,
    wrongClientStatus: 400,
    isRotating: false,
  },
  {
    name: 'Box',
    start: () => startFakeBox(client),
    offline: {},
    pkce: {},
    wrongClientStatus: 400,
    isRotating: true,
  },
];

describe.each(examples)('the OAuth of $name', ({ start, offline, pkce, wrongClientStatus, isRotating }) => {
  let fake: FakeProvider<string>;
  beforeAll(async () => {
    fake = await start();
  });
  afterAll(() => fake.stop());

  const pageOf = (more: Record<string, string> = {}): string => {
    const basics = {
      client_id: client.clientId,
      redirect_uri: redirectUri,
      response_type: 'code',
      state: 's1',
    };
    return `${fake.endpoints.authorizeUrl}?${new URLSearchParams({ ...basics, ...offline, ...pkce, ...more }).toString()}`;
  };
  const codeOf = async (): Promise<string> => (await fake.consent(pageOf())).searchParams.get('code') ?? '';
  const ask = async (
    fields: Record<string, string>,
  ): Promise<{ status: number; body: Record<string, unknown> }> => {
    const form = { client_id: client.clientId, client_secret: client.clientSecret, ...fields };
    const response = await fetch(fake.endpoints.tokenUrl, {
      method: 'POST',
      body: new URLSearchParams(form),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const exchange = (code: string, more: Record<string, string> = {}): ReturnType<typeof ask> => {
    const proof: Record<string, string> = 'code_challenge' in pkce ? { code_verifier: verifier } : {};
    return ask({ grant_type: 'authorization_code', code, redirect_uri: redirectUri, ...proof, ...more });
  };
  const refresh = (token: unknown): ReturnType<typeof ask> =>
    ask({ grant_type: 'refresh_token', refresh_token: String(token) });

  it('sends people back with a code and the state, or with their refusal', async () => {
    const back = await fake.consent(pageOf());
    expect(back.href.startsWith(`${redirectUri}?code=`)).toBe(true);
    expect(back.searchParams.get('state')).toBe('s1');
    fake.visitor.answer = 'deny';
    const denied = await fake.consent(pageOf());
    fake.visitor.answer = 'allow';
    expect(denied.search).toBe('?error=access_denied&state=s1');
  });

  it.each([
    ['an address that is almost the registered one', { redirect_uri: `${redirectUri}/` }],
    ['another client', { client_id: 'client-2' }],
    ['a challenge by another method', { code_challenge: challenge, code_challenge_method: 'plain' }],
    ['a parameter that nobody knows', { colour: 'blue' }],
  ])('sends nobody anywhere for %s', async (_what, more) => {
    await expect(fake.consent(pageOf(more))).rejects.toThrow('the page of consent says');
  });

  it('gives tokens for a code once', async () => {
    const code = await codeOf();
    const first = await exchange(code);
    expect(first.status).toBe(200);
    expect(first.body['expires_in']).toBe(fake.tokens.habits.accessSeconds);
    expect(fake.tokens.isGood(String(first.body['access_token']))).toBe(true);
    expect(await exchange(code)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  it('refuses a wrong client, another address and a wrong verifier', async () => {
    const wrongClient = await exchange(await codeOf(), { client_secret: 'guessed' });
    expect(wrongClient).toMatchObject({ status: wrongClientStatus, body: { error: 'invalid_client' } });
    const elsewhere = await exchange(await codeOf(), { redirect_uri: 'https://elsewhere.example.org/' });
    expect(elsewhere).toMatchObject({ status: 400, body: { error: 'redirect_uri_mismatch' } });
    const unproven = await exchange(await codeOf(), { code_verifier: verifier.replace('d', 'e') });
    expect(unproven).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  it('treats a refresh token as the provider does when it is used twice', async () => {
    const { refreshToken } = fake.tokens.issue();
    const first = await refresh(refreshToken);
    expect(first.status).toBe(200);
    expect('refresh_token' in first.body).toBe(isRotating);
    const second = await refresh(refreshToken);
    expect(second.status).toBe(isRotating ? 400 : 200);
    expect((await refresh(isRotating ? first.body['refresh_token'] : refreshToken)).status).toBe(200);
  });

  it('ends what was revoked', async () => {
    const { accessToken, refreshToken } = fake.tokens.issue();
    fake.tokens.revokeAll();
    expect(fake.tokens.isGood(accessToken)).toBe(false);
    expect(await refresh(refreshToken)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  it('does as its script says, then is itself again', async () => {
    const { refreshToken } = fake.tokens.issue();
    fake.script.next(fake.routes.token, { status: 503 }, (_request, honest) => ({
      ...honest(),
      status: 500,
      cutAfterBytes: 0,
    }));
    const form = {
      client_id: client.clientId,
      client_secret: client.clientSecret,
      grant_type: 'refresh_token',
    };
    const body = new URLSearchParams({ ...form, refresh_token: refreshToken ?? '' });
    expect((await fetch(fake.endpoints.tokenUrl, { method: 'POST', body })).status).toBe(503);
    const cut = fetch(fake.endpoints.tokenUrl, { method: 'POST', body }).then((answer) => answer.text());
    await expect(cut).rejects.toThrow();
    expect((await refresh(refreshToken)).status).toBe(isRotating ? 400 : 200);
  });
});

it('Google gives a refresh token with the first consent, and later only when its page is shown on purpose', async () => {
  const fake = await startFakeDrive(client);
  const refreshTokenOf = async (more: Record<string, string>): Promise<unknown> => {
    const basics = { client_id: client.clientId, redirect_uri: redirectUri, response_type: 'code' };
    const query = new URLSearchParams({ ...basics, scope: 'x', access_type: 'offline', ...more });
    const back = await fake.consent(`${fake.endpoints.authorizeUrl}?${query.toString()}`);
    const form = {
      client_id: client.clientId,
      client_secret: client.clientSecret,
      redirect_uri: redirectUri,
    };
    const code = back.searchParams.get('code') ?? '';
    const body = new URLSearchParams({ ...form, grant_type: 'authorization_code', code });
    const answer = await fetch(fake.endpoints.tokenUrl, { method: 'POST', body });
    return ((await answer.json()) as { refresh_token?: string }).refresh_token;
  };
  expect(await refreshTokenOf({})).toEqual(expect.any(String));
  expect(await refreshTokenOf({})).toBeUndefined();
  expect(await refreshTokenOf({ prompt: 'consent' })).toEqual(expect.any(String));
  await fake.stop();
});

it('Box takes the earlier refresh token until the newer tokens have arrived, where a test asks for that', async () => {
  const fake = await startFakeBox(client);
  fake.tokens.forgiveLostAnswers();
  const { refreshToken } = fake.tokens.issue();
  const refresh = async (): Promise<{ status: number; body: Record<string, unknown> }> => {
    const form = {
      client_id: client.clientId,
      client_secret: client.clientSecret,
      grant_type: 'refresh_token',
    };
    const body = new URLSearchParams({ ...form, refresh_token: refreshToken ?? '' });
    const answer = await fetch(fake.endpoints.tokenUrl, { method: 'POST', body });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  await refresh();
  const second = await refresh();
  expect(second.status).toBe(200);
  const headers = { Authorization: `Bearer ${String(second.body['access_token'])}` };
  expect((await fetch(`${fake.endpoints.apiUrl}/2.0/users/me`, { headers })).status).toBe(200);
  expect((await refresh()).status).toBe(400);
  await fake.stop();
});
