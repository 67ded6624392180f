// A person links accounts at a foreign server (oidc-provider) to their Rally account, and everything that may go wrong on the way.
// Reads {port, ours, clients: [{provider, clientId, clientSecret}], username, password} from its argument and prints a line a step.
// The app at Twitch has another secret there than ours says.
import assert from 'node:assert/strict';
import { Person, plain } from './person.mjs';
import { answer, serve } from './foreign-provider.mjs';

const { port, ours, clients, username, password } = JSON.parse(process.argv[2]);
const passed = (step) => console.log(`ok ${step}`);
const callback = (provider) => `${ours}/account/links/${provider}/callback`;
const account = { id: '80351110224678912', username: 'nelly' };

const site = await serve({
  port,
  account,
  scopes: ['identify'],
  clients: clients.map(({ provider, clientId, clientSecret }) => ({
    client_id: clientId,
    client_secret: clientSecret,
    redirect_uris: [callback(provider)],
    grant_types: ['authorization_code'],
    token_endpoint_auth_method: 'client_secret_post',
    scope: 'identify',
  })),
});

const text = (page) => plain(page.html.replace(/<[^>]*>/g, ' ')).replace(/\s+/g, ' ');
const person = new Person(callback('discord'), username, password);
await person.submit(await person.visit(new URL(`${ours}/sign-in`)), { username, password });

// From our page to the site, the person's answer there, and the address that the browser is sent back to.
async function askedAt(provider, decision = 'allow') {
  person.redirectUri = undefined;
  const page = await person.visit(new URL(`${ours}/account/links/${provider}`));
  assert.match(text(page), /You sign in at 127\.0\.0\.1/);
  person.redirectUri = callback(provider);
  const asked = await person.submit(page, {});
  // Where nothing new is asked for, the site does not ask the person again.
  if (!asked.html) return asked.url;
  assert.equal(asked.url.host, `127.0.0.1:${port}`, text(asked));
  return answer(person, asked.url, decision);
}

async function finish(back) {
  person.redirectUri = undefined;
  return person.visit(new URL(back));
}

async function hasNoLink() {
  assert.doesNotMatch(text(await person.visit(new URL(`${ours}/account/links`))), /nelly/);
}

async function fails(step, back, sentence = /That could not be completed, so nothing was linked/) {
  const page = await finish(back);
  assert.equal(page.status, 200, step);
  assert.match(text(page), sentence, step);
  assert.doesNotMatch(page.html, /Exception|   at Rally|   at Microsoft/, step);
  await hasNoLink();
  passed(step);
}

await fails('a person who says no', await askedAt('discord', 'deny'), /You declined there, so nothing was linked/);

const tampered = await askedAt('discord');
tampered.searchParams.set('state', `${tampered.searchParams.get('state').slice(0, -4)}AAAA`);
await fails('a state that is not ours', tampered);

const without = await askedAt('discord');
without.searchParams.delete('state');
await fails('no state', without);

const madeUp = await askedAt('discord');
madeUp.searchParams.set('code', 'A'.repeat(43));
await fails('a code that the site never gave', madeUp);

for (const [name, fault] of [['answers an error without words', 'down'], ['answers a page', 'page']]) {
  site.faults.token = fault;
  await fails(`a token endpoint that ${name}`, await askedAt('discord'));
  delete site.faults.token;
}

for (const [name, fault] of [['does not take the token', 'unauthorized'], ['answers another shape', 'shape'], ['answers a page', 'page']]) {
  site.faults.user = fault;
  await fails(`a user endpoint that ${name}`, await askedAt('discord'));
  delete site.faults.user;
}

await fails('a secret that the site does not know', await askedAt('twitch'));

const other = await askedAt('discord');
await fails('an answer of one site at the address of another', new URL(`${callback('twitch')}${other.search}`));

const good = await askedAt('discord');
const linked = await finish(good);
assert.match(text(linked), /It is linked now/);
assert.match(text(linked), /nelly/);
passed('a person who says yes: code, PKCE, client authentication and exact redirect address');

// The link goes, and neither the same answer nor its code in an answer asked for anew brings it back.
const remove = linked.html.match(/<form method="post" action="\/account\/links\/remove".*?<\/form>/s);
assert.ok(remove, 'there is a way to remove the link');
await person.submit({ url: linked.url, html: remove[0] }, {});
await hasNoLink();
await fails('an answer for the second time', good);
const replayed = await askedAt('discord');
replayed.searchParams.set('code', good.searchParams.get('code'));
await fails('a code for the second time', replayed);

site.close();
