// openid-client (a certified client) as an OpenID Connect relying party of our server: ID tokens, PAR, devices and
// introspection, and what it and we must refuse. Arguments and output as of openid-client.mjs.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import * as client from 'openid-client';
import { Person } from './person.mjs';

const { issuer, clients, redirectUri, username, password } = JSON.parse(process.argv[2]);
const passed = (step) => console.log(`ok ${step}`);
const person = new Person(redirectUri, username, password);

const refused = (promise, error) => assert.rejects(promise, (reason) => {
  assert.equal(reason.error, error, reason);
  return true;
});
const rejected = (promise, code) => assert.rejects(promise, (reason) => {
  assert.match(`${reason.code} ${reason.cause?.message ?? ''} ${reason.message}`, code);
  return true;
});

async function relyingParty({ clientId, clientSecret, algorithm }, metadata = {}) {
  const config = await client.discovery(
    new URL(issuer), clientId, { id_token_signed_response_alg: algorithm, ...metadata }, client.ClientSecretBasic(clientSecret),
    { execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks] },
  );
  return config;
}

async function begin(config, { push = false, scope = 'openid profile', ...more } = {}) {
  const checks = { pkceCodeVerifier: client.randomPKCECodeVerifier(), expectedState: client.randomState(), expectedNonce: client.randomNonce(), idTokenExpected: true };
  const parameters = {
    redirect_uri: redirectUri,
    scope,
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    code_challenge: await client.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
    code_challenge_method: 'S256',
    ...more,
  };
  const url = push ? await client.buildAuthorizationUrlWithPAR(config, parameters) : client.buildAuthorizationUrl(config, parameters);
  return { url, checks, callback: await person.authorize(url) };
}

const part = (token, index) => JSON.parse(Buffer.from(token.split('.')[index], 'base64url'));
const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

// Puts another ID token into the token endpoint's answer, as somebody in between would.
function withForgery(config, forge) {
  config[client.customFetch] = async (url, options) => {
    const response = await fetch(url, options);
    if (!url.endsWith('/oauth2/token')) return response;
    const body = await response.json();
    return new Response(JSON.stringify({ ...body, id_token: await forge(body.id_token) }), { status: response.status, headers: { 'content-type': 'application/json' } });
  };
}

const idTokens = {};
for (const registered of clients) {
  const name = registered.algorithm;
  const config = await relyingParty(registered);
  assert.ok(config.serverMetadata().id_token_signing_alg_values_supported.includes(name));

  const first = await begin(config);
  const tokens = await client.authorizationCodeGrant(config, first.callback, { ...first.checks, maxAge: 3600 });
  const claims = tokens.claims();
  assert.equal(part(tokens.id_token, 0).alg, name);
  assert.equal(claims.aud, registered.clientId);
  idTokens[name] = tokens.id_token;
  const user = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
  assert.equal(user.preferred_username, username);
  passed(`${name}: code with PKCE, nonce and a signed ID token`);

  const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token);
  assert.equal(refreshed.claims().sub, claims.sub);
  assert.equal(refreshed.claims().auth_time, claims.auth_time);
  passed(`${name}: refresh with an ID token`);

  const told = await client.tokenIntrospection(config, refreshed.access_token);
  assert.deepEqual([told.active, told.sub, told.client_id, told.scope], [true, claims.sub, registered.clientId, 'openid profile']);
  await client.tokenRevocation(config, refreshed.refresh_token);
  assert.equal((await client.tokenIntrospection(config, refreshed.access_token)).active, false);
  passed(`${name}: introspection and revocation`);

  const pushed = await begin(config, { push: true });
  assert.deepEqual([...pushed.url.searchParams.keys()].sort(), ['client_id', 'request_uri']);
  await client.authorizationCodeGrant(config, pushed.callback, pushed.checks);
  assert.equal((await person.visit(pushed.url)).status, 400);
  passed(`${name}: a pushed request, once`);

  const device = await client.initiateDeviceAuthorization(config, { scope: 'openid profile' });
  const ticket = setTimeout(() => person.allowDevice(device.verification_uri, device.user_code), 100);
  const own = await client.pollDeviceAuthorizationGrant(config, { ...device, interval: 1 });
  clearTimeout(ticket);
  assert.equal(own.claims().sub, claims.sub);
  await refused(client.genericGrantRequest(config, 'urn:ietf:params:oauth:grant-type:device_code', { device_code: device.device_code }), 'invalid_grant');
  passed(`${name}: device grant, once`);

  const wrongNonce = await begin(config);
  await rejected(client.authorizationCodeGrant(config, wrongNonce.callback, { ...wrongNonce.checks, expectedNonce: 'another' }), /nonce/);
  passed(`${name}: a wrong nonce is refused`);

  const wrongRedirect = await begin(config);
  const elsewhere = new URL(wrongRedirect.callback);
  elsewhere.pathname = '/elsewhere';
  await refused(client.authorizationCodeGrant(config, elsewhere, wrongRedirect.checks), 'invalid_grant');
  passed(`${name}: a wrong redirect URI is refused`);

  const mixedUp = await begin(config);
  const foreign = new URL(mixedUp.callback);
  foreign.searchParams.set('iss', 'https://evil.example');
  await rejected(client.authorizationCodeGrant(config, foreign, mixedUp.checks), /iss/);
  passed(`${name}: an answer of another issuer is refused`);

  const late = await relyingParty(registered, { [client.clockSkew]: 3600 });
  const expired = await begin(late);
  await rejected(client.authorizationCodeGrant(late, expired.callback, expired.checks), /exp/);
  passed(`${name}: an expired ID token is refused`);

  const silent = await begin(config, { prompt: 'none', max_age: '0' });
  await refused(client.authorizationCodeGrant(config, silent.callback, silent.checks), 'login_required');
  passed(`${name}: prompt none`);

  const key = (await (await fetch(config.serverMetadata().jwks_uri)).json()).keys.find((each) => each.alg === name);
  const forgeries = {
    'alg none': (token) => `${encode({ alg: 'none', typ: 'JWT' })}.${token.split('.')[1]}.`,
    'HMAC with the public key': (token) => {
      const text = `${encode({ alg: 'HS256', typ: 'JWT', kid: key.kid })}.${token.split('.')[1]}`;
      return `${text}.${createHmac('sha256', JSON.stringify(key)).update(text).digest('base64url')}`;
    },
    'changed claims': (token) => [token.split('.')[0], encode({ ...part(token, 1), sub: '00000000-0000-0000-0000-000000000000' }), token.split('.')[2]].join('.'),
  };
  const untouched = await relyingParty(registered);
  const honest = await begin(untouched);
  withForgery(untouched, (token) => token);
  await client.authorizationCodeGrant(untouched, honest.callback, honest.checks);
  for (const [what, forge] of Object.entries(forgeries)) {
    const victim = await relyingParty(registered);
    const request = await begin(victim);
    withForgery(victim, forge);
    await assert.rejects(client.authorizationCodeGrant(victim, request.callback, request.checks));
    passed(`${name}: ${what} is refused`);
  }
}

const [one, other] = clients;
const confused = await relyingParty({ ...one, algorithm: other.algorithm });
const confusion = await begin(confused);
await assert.rejects(client.authorizationCodeGrant(confused, confusion.callback, confusion.checks));
passed('an ID token of another algorithm than registered is refused');

const stranger = await relyingParty(one, { id_token_signed_response_alg: other.algorithm });
const request = await begin(stranger);
withForgery(stranger, () => idTokens[other.algorithm]);
await rejected(client.authorizationCodeGrant(stranger, request.callback, request.checks), /aud/);
passed('an ID token for another client is refused');

const [mine, theirs] = [await relyingParty(one), await relyingParty(other)];
const grant = await begin(mine);
const held = await client.authorizationCodeGrant(mine, grant.callback, grant.checks);
assert.deepEqual(await client.tokenIntrospection(theirs, held.access_token), { active: false });
await refused(client.tokenRevocation(theirs, held.refresh_token), 'invalid_grant');
await refused(client.refreshTokenGrant(theirs, held.refresh_token), 'invalid_grant');
passed('another client can do nothing with a token');
