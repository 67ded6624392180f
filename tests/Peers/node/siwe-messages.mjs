// Makes wallets and messages of Sign-In with Ethereum with ethers and siwe, as many as its argument says, and prints them
// with their signatures as JSON. With a file as second argument it instead reads texts from there, and prints what siwe
// reads in each and whom ethers finds as the signer.
import { readFileSync } from 'node:fs';
import { Wallet, getAddress, verifyMessage } from 'ethers';
import { SiweMessage } from 'siwe';

const pick = (...from) => from[Math.floor(Math.random() * from.length)];
const letters = (length, from = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789') =>
  Array.from({ length }, () => pick(...from)).join('');
const time = () => new Date(1.6e12 + Math.floor(Math.random() * 4e11)).toISOString();
const uri = () => pick('https://rally.example/account/links', 'did:key:z6Mk', 'ipfs://bafy/', `https://u:p@h.example:8/${letters(5)}?q=%20&r=/?#f`, 'urn:a:b');

async function make() {
  const wallet = new Wallet(`0x${letters(64, '0123456789abcdef')}`);
  const fields = {
    domain: pick('rally.example', 'rally.example:8443', 'localhost:5000', '127.0.0.1:80', '[::1]:5000'),
    address: wallet.address,
    uri: uri(),
    version: '1',
    chainId: pick(1, 5, 137, 11155111, 4294967296),
    nonce: letters(pick(8, 17, 64)),
    issuedAt: time(),
  };
  if (pick(0, 1)) fields.scheme = pick('https', 'http');
  if (pick(0, 1)) fields.statement = `Link ${letters(10)}: [it] to (me), 100~ - $5!`;
  if (pick(0, 1)) fields.expirationTime = time();
  if (pick(0, 1)) fields.notBefore = time();
  if (pick(0, 1)) fields.requestId = pick('a', `id:${letters(4)}@x%20y`);
  if (pick(0, 1)) fields.resources = Array.from({ length: pick(1, 3) }, uri);
  const text = new SiweMessage(fields).prepareMessage();
  return { ...fields, text, signature: await wallet.signMessage(text) };
}

function read({ text, signature }) {
  const { address, statement, domain, nonce, chainId, issuedAt, expirationTime } = new SiweMessage(text);
  return { address: getAddress(address), statement, domain, nonce, chainId, issuedAt, expirationTime, signer: verifyMessage(text, signature) };
}

const [count, file] = process.argv.slice(2);
const made = file ? JSON.parse(readFileSync(file, 'utf8')).map(read) : await Promise.all(Array.from({ length: Number(count) }, make));
console.log(JSON.stringify(made));
