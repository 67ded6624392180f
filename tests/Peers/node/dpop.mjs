// openid-client (a certified client) with DPoP (RFC 9449) against our server: every grant, and each proof that must be refused.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import * as client from 'openid-client';
import { Person } from './person.mjs';

const { issuer, clientId, clientSecret, publicId, redirectUri, username, password } = JSON.parse(process.argv[2]);
const insecure = { execute: [client.allowInsecureRequests], algorithm: 'oauth2' };
const passed = (step) => console.log(`ok ${step}`);
const person = new Person(redirectUri, username, password);
const base64url = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

const refused = (promise, error) => assert.rejects(promise, (reason) => {
  assert.equal(reason.error, error);
  return true;
});

// A refusal at a resource: openid-client gives the challenges that came with it.
const challenged = (promise, scheme, error) => assert.rejects(promise, (reason) => {
  const challenges = reason.cause ?? reason.challenges;
  const [challenge] = challenges.filter((each) => each.scheme === scheme.toLowerCase());
  assert.equal(challenge.parameters.error, error);
  const dpop = challenges.find((each) => each.scheme === 'dpop');
  assert.equal(dpop.parameters.algs, 'RS256 ES256');
  return true;
});

async function authorize(config, DPoP, parameters = {}, push = false) {
  const verifier = client.randomPKCECodeVerifier();
  const asked = {
    redirect_uri: redirectUri,
    scope: 'profile',
    state: client.randomState(),
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...parameters,
  };
  const url = push ? await client.buildAuthorizationUrlWithPAR(config, asked, { DPoP }) : client.buildAuthorizationUrl(config, asked);
  return [await person.authorize(url), { pkceCodeVerifier: verifier, expectedState: asked.state }];
}

const secret = client.ClientSecretBasic(clientSecret);
for (const algorithm of ['ES256', 'RS256']) {
  const config = await client.discovery(new URL(issuer), clientId, undefined, secret, insecure);
  assert.deepEqual(config.serverMetadata().dpop_signing_alg_values_supported, ['RS256', 'ES256']);
  const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair(algorithm));
  const other = client.getDPoPHandle(config, await client.randomDPoPKeyPair(algorithm));
  const jkt = await DPoP.calculateThumbprint();
  const bound = async (tokens) => {
    assert.equal(tokens.token_type.toLowerCase(), 'dpop');
    const told = await client.tokenIntrospection(config, tokens.access_token);
    assert.equal(told.token_type, 'DPoP');
    assert.equal(told.cnf.jkt, jkt);
  };

  const tokens = await client.authorizationCodeGrant(config, ...(await authorize(config, DPoP)), undefined, { DPoP });
  await bound(tokens);
  const user = await client.fetchUserInfo(config, tokens.access_token, client.skipSubjectCheck, { DPoP });
  assert.equal(user.username, username);
  passed(`${algorithm}: code and userinfo`);

  const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP });
  await bound(refreshed);
  passed(`${algorithm}: refresh`);

  await bound(await client.clientCredentialsGrant(config, { scope: 'webhooks:manage' }, { DPoP }));
  passed(`${algorithm}: client credentials`);

  const device = await client.initiateDeviceAuthorization(config, { scope: 'profile' });
  await person.allowDevice(device.verification_uri, device.user_code);
  await bound(await client.pollDeviceAuthorizationGrant(config, { ...device, interval: 1 }, undefined, { DPoP }));
  passed(`${algorithm}: device`);

  await bound(await client.authorizationCodeGrant(config, ...(await authorize(config, DPoP, {}, true)), undefined, { DPoP }));
  for (const wrong of [undefined, { DPoP: other }]) {
    const pushed = await authorize(config, DPoP, {}, true);
    await refused(client.authorizationCodeGrant(config, ...pushed, undefined, wrong), 'invalid_grant');
    const named = await authorize(config, undefined, { dpop_jkt: jkt });
    await refused(client.authorizationCodeGrant(config, ...named, undefined, wrong), 'invalid_grant');
  }
  passed(`${algorithm}: a code bound by a pushed proof or dpop_jkt needs the key`);

  const token = refreshed.access_token;
  const fetchUser = (handle) => client.fetchUserInfo(config, token, user.sub, { DPoP: handle });
  await challenged(client.fetchUserInfo(config, token, user.sub), 'bearer', 'invalid_token');
  passed(`${algorithm}: a bound token is refused as Bearer`);
  await challenged(fetchUser(other), 'dpop', 'invalid_dpop_proof');
  passed(`${algorithm}: another key is refused`);

  const keys = await client.randomDPoPKeyPair(algorithm);
  const spoilt = (change) => client.getDPoPHandle(config, keys, { [client.modifyAssertion]: change });
  const now = () => Math.floor(Date.now() / 1000);
  const own = await client.clientCredentialsGrant(config, { scope: 'webhooks:manage' }, { DPoP: spoilt(() => {}) });
  const call = (handle) => client.fetchProtectedResource(config, own.access_token, new URL('/oauth2/userinfo', issuer), 'GET', undefined, undefined, { DPoP: handle });
  for (const [what, change] of [
    ['htm', (header, payload) => { payload.htm = 'DELETE'; }],
    ['htu', (header, payload) => { payload.htu = `${issuer}/oauth2/revoke`; }],
    ['iat, stale', (header, payload) => { payload.iat = now() - 400; }],
    ['iat, to come', (header, payload) => { payload.iat = now() + 400; }],
    ['typ', (header) => { header.typ = 'jwt'; }],
    ['alg none', (header) => { header.alg = 'none'; }],
    ['alg HS256', (header) => { header.alg = 'HS256'; }],
    ['jti', (header, payload) => { delete payload.jti; }],
  ]) {
    await refused(client.clientCredentialsGrant(config, undefined, { DPoP: spoilt(change) }), 'invalid_dpop_proof');
    await challenged(call(spoilt(change)), 'dpop', 'invalid_dpop_proof');
    passed(`${algorithm}: a wrong ${what} is refused`);
  }

  let last;
  const recording = await client.discovery(new URL(issuer), clientId, undefined, secret, insecure);
  recording[client.customFetch] = (url, options) => {
    last = { url, options };
    return fetch(url, options);
  };
  await client.clientCredentialsGrant(recording, undefined, { DPoP });
  const again = await fetch(last.url, last.options);
  assert.deepEqual([again.status, (await again.json()).error], [400, 'invalid_dpop_proof']);
  await client.fetchUserInfo(recording, token, user.sub, { DPoP });
  assert.equal((await fetch(last.url, last.options)).status, 401);
  passed(`${algorithm}: a replayed proof is refused`);

  const proof = last.options.headers.get?.('dpop') ?? last.options.headers.dpop;
  const [header, payload] = proof.split('.').slice(0, 2).map((part) => JSON.parse(Buffer.from(part, 'base64url')));
  const send = (text) => fetch(last.url, { headers: { authorization: `DPoP ${token}`, ...(text === null ? {} : { dpop: text }) } });
  const unsigned = `${base64url({ ...header, alg: 'none' })}.${base64url({ ...payload, jti: client.randomState() })}`;
  const signed = `${base64url({ ...header, alg: 'HS256' })}.${base64url({ ...payload, jti: client.randomState() })}`;
  const mac = createHmac('sha256', JSON.stringify(header.jwk)).update(signed).digest('base64url');
  for (const forged of [`${unsigned}.`, `${signed}.${mac}`, null]) {
    const response = await send(forged);
    assert.equal(response.status, 401);
    assert.match(response.headers.get('www-authenticate'), /DPoP realm="api", error="invalid_dpop_proof"/);
  }
  passed(`${algorithm}: no signature, a MAC, and no proof at all are refused`);
}

const config = await client.discovery(new URL(issuer), publicId, undefined, client.None(), insecure);
const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair());
const thief = client.getDPoPHandle(config, await client.randomDPoPKeyPair());
const first = await client.authorizationCodeGrant(config, ...(await authorize(config, DPoP)), undefined, { DPoP });
await refused(client.refreshTokenGrant(config, first.refresh_token), 'invalid_grant');
await refused(client.refreshTokenGrant(config, first.refresh_token, undefined, { DPoP: thief }), 'invalid_grant');
const next = await client.refreshTokenGrant(config, first.refresh_token, undefined, { DPoP });
await client.fetchUserInfo(config, next.access_token, client.skipSubjectCheck, { DPoP });
passed('a refresh token of a client without a secret needs the key');
