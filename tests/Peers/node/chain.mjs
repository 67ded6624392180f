// The forms of docs/chain.md, with node's own SHA-256, HMAC and Ed25519: what both of the checks beside this share.
import { createHash, createHmac, createPublicKey, verify } from "node:crypto";

export const hex = (text) => Buffer.from(text, "hex");
export const sha256 = (bytes) => createHash("sha256").update(bytes).digest();

const integer = (value) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(value));
  return bytes;
};
const sized = (bytes) => {
  if (bytes === null) return Buffer.from("ffffffff", "hex");
  const size = Buffer.alloc(4);
  size.writeUInt32BE(bytes.length);
  return Buffer.concat([size, bytes]);
};
const string = (text) => sized(text === null ? null : Buffer.from(text, "utf8"));
const id = (uuid) => Buffer.from(uuid.replaceAll("-", ""), "hex");
const holds = (publicKey, bytes, signature) =>
  verify(null, bytes, createPublicKey({
    key: Buffer.concat([hex("302a300506032b6570032100"), hex(publicKey)]), format: "der", type: "spki",
  }), hex(signature));

// The commitment to an entry's note and reference, in hexadecimal; null when it has neither.
export const commitment = (wordsKey, entry) => {
  if (entry.note === null && entry.reference === null) return null;
  const salt = createHmac("sha256", hex(wordsKey)).update(id(entry.id)).digest();
  return sha256(Buffer.concat([salt, string(entry.note ?? ""), string(entry.reference ?? "")])).toString("hex");
};

export const entryDigest = (e, words) => sha256(Buffer.concat([
  Buffer.from([2]),
  integer(e.position), id(e.id), string(e.debit), string(e.credit), integer(e.amount), string(e.kind), integer(e.link),
  integer(e.postedAt), integer(e.debitBalance), integer(e.creditBalance), sized(words === null ? null : hex(words)), string(e.details),
]));
export const launchDigest = (l) => sha256(Buffer.concat([
  Buffer.from([1]),
  string(l.symbol), string(l.name), string(l.image), sized(l.creator === null ? null : id(l.creator)), string(l.curve),
  integer(l.supply), string(l.terms), integer(l.rewards), integer(l.launchedAfter), integer(l.launchedAt),
]));

// Authorities from the pinned one on, each introduced by the one before it.
export const checkAuthorities = (authorities, pinned, fault) => authorities.forEach((authority, index) => {
  if (BigInt(authority.number) !== BigInt(index + 1)) fault(`authority ${index + 1} is missing`);
  if (index === 0) {
    if (authority.publicKey !== pinned) fault("authority 1 is not the pinned one");
    return;
  }
  const introduction = Buffer.concat([
    Buffer.from("rally authority 1", "ascii"), integer(authority.number), integer(authority.firstHeight), hex(authority.publicKey),
  ]);
  if (!holds(authorities[index - 1].publicKey, introduction, authority.introduction)) fault(`authority ${authority.number} was not introduced`);
});

// Blocks one after the other: add() takes a block and the digests of what it covers, and returns its hash.
export class Chain {
  #authorities;
  #previous = Buffer.alloc(32);
  #sealedAt = 0n;
  height = 0n;
  lastPosition = 0n;

  constructor(authorities) {
    this.#authorities = authorities;
  }

  add(block, digests, lastPosition, fault) {
    const height = ++this.height;
    if (block.height !== `${height}`) fault(`block ${height} is missing`);
    if (!this.#previous.equals(hex(block.previousHash))) fault(`block ${block.height} is not on the one below`);
    if (block.firstPosition !== `${this.lastPosition + 1n}` || block.lastPosition !== `${lastPosition}`) fault(`block ${height} covers another range`);
    if (BigInt(block.sealedAt) < this.#sealedAt) fault(`block ${height} was sealed before the one below`);
    const header = Buffer.concat([
      Buffer.from("rally block 1", "ascii"), integer(height), this.#previous, integer(this.lastPosition + 1n), integer(lastPosition),
      integer(block.sealedAt), sha256(Buffer.concat(digests)), integer(block.authority),
    ]);
    const authority = this.#authorities.filter((a) => BigInt(a.firstHeight) <= height).at(-1);
    if (authority.number !== block.authority) fault(`block ${height} names authority ${block.authority}`);
    if (!holds(authority.publicKey, header, block.signature)) fault(`block ${height} is not signed by authority ${authority.number}`);
    [this.#previous, this.#sealedAt, this.lastPosition] = [sha256(header), BigInt(block.sealedAt), lastPosition];
    return this.#previous.toString("hex");
  }
}
