// openid-client (a certified client) against our server. Reads {issuer, clientId, clientSecret, username, password}
// from its argument, does the person's part by filling the server's own forms, and prints a line a step.
import assert from 'node:assert/strict';
import * as client from 'openid-client';
import { Person } from './person.mjs';

const { issuer, clientId, clientSecret, redirectUri, username, password } = JSON.parse(process.argv[2]);
const insecure = { execute: [client.allowInsecureRequests], algorithm: 'oauth2' };
const passed = (step) => console.log(`ok ${step}`);

const person = new Person(redirectUri, username, password);

async function authorize(config, scope, decision = 'allow') {
  const verifier = client.randomPKCECodeVerifier();
  const state = client.randomState();
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope,
    state,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  });
  return { callback: await person.authorize(url, decision), checks: { pkceCodeVerifier: verifier, expectedState: state } };
}

const refused = (promise, error) => assert.rejects(promise, (reason) => {
  assert.equal(reason.error, error);
  return true;
});

for (const [name, authentication] of [
  ['client_secret_basic', client.ClientSecretBasic(clientSecret)],
  ['client_secret_post', client.ClientSecretPost(clientSecret)],
]) {
  const config = await client.discovery(new URL(issuer), clientId, undefined, authentication, insecure);
  assert.equal(config.serverMetadata().authorization_response_iss_parameter_supported, true);
  assert.ok(config.serverMetadata().supportsPKCE());
  passed(`${name}: discovery`);

  const denied = await authorize(config, 'profile transfers:send', 'deny');
  await refused(client.authorizationCodeGrant(config, denied.callback, denied.checks), 'access_denied');
  passed(`${name}: denial`);

  const first = await authorize(config, 'profile balances:read');
  const tokens = await client.authorizationCodeGrant(config, first.callback, first.checks);
  const user = await client.fetchUserInfo(config, tokens.access_token, client.skipSubjectCheck);
  assert.equal(user.username, username);
  passed(`${name}: code with PKCE and userinfo`);

  const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token);
  assert.notEqual(refreshed.refresh_token, tokens.refresh_token);
  await client.fetchUserInfo(config, refreshed.access_token, user.sub);
  passed(`${name}: refresh`);

  await refused(client.authorizationCodeGrant(config, first.callback, first.checks), 'invalid_grant');
  await assert.rejects(client.fetchUserInfo(config, refreshed.access_token, user.sub));
  passed(`${name}: a replayed code is refused and kills its tokens`);

  const second = await authorize(config, 'profile');
  await refused(
    client.authorizationCodeGrant(config, second.callback, { ...second.checks, pkceCodeVerifier: client.randomPKCECodeVerifier() }),
    'invalid_grant',
  );
  passed(`${name}: a wrong verifier is refused`);

  const family = await client.authorizationCodeGrant(config, second.callback, second.checks);
  const lost = await client.refreshTokenGrant(config, family.refresh_token);
  const next = await client.refreshTokenGrant(config, family.refresh_token);
  assert.equal(next.refresh_token, lost.refresh_token);
  passed(`${name}: a lost refresh answer is given again`);
  const last = await client.refreshTokenGrant(config, next.refresh_token);
  await refused(client.refreshTokenGrant(config, family.refresh_token), 'invalid_grant');
  await refused(client.refreshTokenGrant(config, last.refresh_token), 'invalid_grant');
  passed(`${name}: a reused refresh token kills the family`);

  const third = await authorize(config, 'profile');
  const revocable = await client.authorizationCodeGrant(config, third.callback, third.checks);
  await client.tokenRevocation(config, revocable.refresh_token);
  await refused(client.refreshTokenGrant(config, revocable.refresh_token), 'invalid_grant');
  await assert.rejects(client.fetchUserInfo(config, revocable.access_token, user.sub));
  passed(`${name}: revocation`);

  const own = await client.clientCredentialsGrant(config, { scope: 'webhooks:manage' });
  assert.equal(own.scope, 'webhooks:manage');
  passed(`${name}: client credentials`);
}

const wrong = await client.discovery(new URL(issuer), clientId, undefined, client.ClientSecretBasic('x'.repeat(40)), insecure);
await assert.rejects(client.clientCredentialsGrant(wrong), (reason) => reason.status === 401 || reason.cause?.status === 401 || reason.error === 'invalid_client');
passed('a wrong secret is refused');
