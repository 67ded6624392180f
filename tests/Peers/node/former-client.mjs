// A bot as they were written for api.rally.io: its endpoints and members as published, nothing of ours but the base address.
import assert from 'node:assert/strict';
import { Person, plain } from './person.mjs';

const given = JSON.parse(process.argv[2]);
const passed = (what) => console.log(`ok ${what}`);

let token;
async function call(method, path, body) {
  const response = await fetch(given.base + path, {
    method,
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: body && JSON.stringify(body),
  });
  return { status: response.status, data: await response.json() };
}
async function ask(method, path, body) {
  const { status, data } = await call(method, path, body);
  assert.equal(status, 200, `${method} ${path}: ${status} ${JSON.stringify(data)}`);
  return data;
}

// Sign in, and renew the token as after its hour.
let session = await ask('POST', '/oauth/register', { username: given.username, password: given.password });
assert.equal(session.expires_in, 3600);
token = session.access_token;
await fetch(`${given.clock}/61`, { method: 'POST' });
assert.equal((await call('POST', '/oauth/authorize', { callback: given.callback, state: 'x' })).status, 401);
session = await ask('POST', '/oauth/refresh', { refresh_token: session.refresh_token });
token = session.access_token;
passed('register and refresh');

// Link a user, who first thinks better of it.
const fan = new Person(given.callback, 'alice', given.fanPassword);
const link = async (decision) => {
  const { url } = await ask('POST', '/oauth/authorize', { callback: given.callback, state: 'guild 1, user 2' });
  const back = (await fan.authorize(url, decision)).searchParams;
  assert.equal(back.get('state'), 'guild 1, user 2');
  return back.get('code');
};
assert.equal(await link('deny'), 'cancelled');
const code = await link('allow');
const user = await ask('POST', '/oauth/userinfo', { code });
assert.equal(user.username, 'alice');
assert.match(user.rnbUserId, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
assert.ok((await call('POST', '/oauth/userinfo', { code })).data.errorMessage);
passed('link');

// Read, as a bot does to give roles and to say what somebody has.
const [coin] = await ask('GET', '/creator_coins');
assert.equal(coin.coinSymbol, 'FIX');
const holding = async () => (await ask('GET', `/users/rally/${user.rnbUserId.replaceAll('-', '')}/balance`)).find((each) => each.coinKind === 'FIX').coinBalance;
assert.equal(await holding(), 100);
assert.deepEqual(await ask('GET', `/users/rally/${user.rnbUserId}/userinfo`), user);
assert.ok('remainingToSend' in await ask('GET', `/users/rally/${user.rnbUserId}/flow_control_limits/FIX`));
assert.ok((await call('GET', `/users/rally/${given.stranger}/balance`)).data.errorMessage);
assert.ok((await call('GET', '/creator_coins/NOPE/price')).data.errorMessage);
passed('reads');

// Ask for transfers: one is agreed to, one is refused, one is forgotten.
const initiate = (amount) => ask('POST', '/transactions/transfer/initiate', {
  fromRnbUserId: user.rnbUserId, toRnbUserId: given.stranger.replaceAll('-', ''), coinKind: 'FIX', amount, inputType: 'COINS',
  note: 'a tip', showNote: true, showUserName: true, referenceData: 'message 3',
});
const statusOf = async ({ transactionId }) => (await ask('GET', `/transactions/${transactionId}/status`)).status;
const agreed = await initiate(0.000001);
assert.equal(await statusOf(agreed), 'pending');
assert.equal(await holding(), 100);
const shown = await fan.visit(agreed.approvalUrl);
assert.ok(plain(shown.html).includes('0.000001 FIX'));
await fan.submit(shown, { decision: 'approve' });
assert.equal(await statusOf(agreed), 'approved');
assert.equal(await holding(), 99.999999);
passed('approved');

const refused = await initiate(1);
await fan.submit(await fan.visit(refused.approvalUrl), { decision: 'refuse' });
assert.equal(await statusOf(refused), 'refused');
passed('refused');

const forgotten = await initiate(2);
await fetch(`${given.clock}/60`, { method: 'POST' });
token = (await ask('POST', '/oauth/refresh', { refresh_token: session.refresh_token })).access_token;
assert.equal(await statusOf(forgotten), 'expired');
assert.equal(await holding(), 99.999999);
passed('expired');
