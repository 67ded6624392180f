// siwe and ethers link a wallet on our pages: they read the message that our page shows, make their own from it, and sign.
// Reads {address, username, password} from its argument and prints a line a step.
import assert from 'node:assert/strict';
import { Wallet } from 'ethers';
import { SiweMessage } from 'siwe';
import { Person, plain } from './person.mjs';

const { address, username, password } = JSON.parse(process.argv[2]);
const passed = (step) => console.log(`ok ${step}`);
const [wallet, stranger] = [Wallet.createRandom(), Wallet.createRandom()];
const person = new Person();
await person.submit(await person.visit(new URL('/sign-in', address)), { username, password });

async function ask() {
  const page = await person.submit(await person.visit(new URL('/account/links/wallet', address)), { address: wallet.address });
  const [, text] = /<textarea[^>]*>([^<]*)<\/textarea>/.exec(page.html);
  return { page, message: new SiweMessage(plain(text)) };
}

// Sends a message that siwe writes, with a signature that ethers makes, and says whether the wallet is linked then.
async function link(change = {}, signer = wallet, signature = undefined) {
  const { page, message } = await ask();
  const text = new SiweMessage({ ...message, ...change }).prepareMessage();
  const answer = await person.submit(page, { message: text, signature: signature ?? await signer.signMessage(text) });
  const links = await person.visit(new URL('/account/links', address));
  return { answer, linked: links.html.includes(wallet.address), page, text };
}

const soon = (minutes) => new Date(Date.now() + minutes * 60_000).toISOString();
const { message } = await ask();
assert.equal(message.domain, new URL(address).host);
const signature = await wallet.signMessage(message.prepareMessage());
assert.equal((await message.verify({ signature, domain: message.domain, nonce: message.nonce })).success, true);
passed('siwe reads and verifies our message');

for (const [what, change, signer, made] of [
  ['nonce', { nonce: 'abcdefgh12345678' }],
  ['domain', { domain: 'evil.example' }],
  ['scheme', { scheme: 'https' }],
  ['uri', { uri: 'https://evil.example/account/links' }],
  ['chain', { chainId: 5 }],
  ['statement', { statement: 'Something else.' }],
  ['expiry', { expirationTime: soon(-1) }],
  ['not before', { notBefore: soon(5) }],
  ['issued at', { issuedAt: soon(5) }],
  ['signer', {}, stranger],
  ['address', { address: stranger.address }],
  ['signature', {}, wallet, `0x${'11'.repeat(65)}`],
]) {
  const { answer, linked } = await link(change, signer, made);
  assert.equal(answer.status, 400, what);
  assert.ok(answer.html.includes('role="alert"') && !linked, what);
  passed(`a wrong ${what} is refused`);
}

const right = await link({ requestId: 'peer', resources: ['https://peer.example/terms'] });
assert.ok(right.linked);
passed('a message that siwe made is accepted');
const replayed = await person.submit(right.page, { message: right.text, signature: await wallet.signMessage(right.text) });
assert.equal(replayed.status, 400);
passed('and is not accepted again');
