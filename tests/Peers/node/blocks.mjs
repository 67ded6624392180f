// Checks a chain by docs/chain.md alone, with node's own SHA-256 and Ed25519. It reads a file of JSON:
//   {"authorities":[{"number","firstHeight","publicKey","introduction"}],"pinned",
//    "blocks":[{"height","previousHash","firstPosition","lastPosition","sealedAt","authority","signature","launches","entries"}]}
// bytes in hexadecimal, integers as decimal strings; and prints {"hashes":[...],"faults":[...]}.
import { createHash, createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";

const chain = JSON.parse(readFileSync(process.argv[2], "utf8"));
const faults = [];

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
const hex = (text) => Buffer.from(text, "hex");
const sha256 = (bytes) => createHash("sha256").update(bytes).digest();
const holds = (publicKey, bytes, signature) =>
  verify(null, bytes, createPublicKey({
    key: Buffer.concat([hex("302a300506032b6570032100"), hex(publicKey)]), format: "der", type: "spki",
  }), hex(signature));

const entryBytes = (e) => Buffer.concat([
  integer(e.position), id(e.id), string(e.debit), string(e.credit), integer(e.amount), string(e.kind), integer(e.link),
  integer(e.postedAt), integer(e.debitBalance), integer(e.creditBalance), sized(e.words === null ? null : hex(e.words)), string(e.details),
]);
const launchBytes = (l) => Buffer.concat([
  string(l.symbol), string(l.name), string(l.image), sized(l.creator === null ? null : id(l.creator)), string(l.curve),
  integer(l.supply), string(l.terms), integer(l.rewards), integer(l.launchedAfter), integer(l.launchedAt),
]);

chain.authorities.forEach((authority, index) => {
  if (BigInt(authority.number) !== BigInt(index + 1)) faults.push(`authority ${index + 1} is missing`);
  if (index === 0) {
    if (authority.publicKey !== chain.pinned) faults.push("authority 1 is not the pinned one");
    return;
  }
  const introduction = Buffer.concat([
    Buffer.from("rally authority 1", "ascii"), integer(authority.number), integer(authority.firstHeight), hex(authority.publicKey),
  ]);
  if (!holds(chain.authorities[index - 1].publicKey, introduction, authority.introduction))
    faults.push(`authority ${authority.number} was not introduced`);
});

let previous = Buffer.alloc(32);
let position = 0n;
const hashes = chain.blocks.map((block, index) => {
  const covered = [];
  const launches = [...block.launches].sort((a, b) =>
    Number(BigInt(a.launchedAfter) - BigInt(b.launchedAfter)) || (a.symbol < b.symbol ? -1 : 1));
  for (const entry of block.entries) {
    if (BigInt(entry.position) !== ++position) faults.push(`position ${position} is missing`);
    while (launches.length > 0 && BigInt(launches[0].launchedAfter) < position)
      covered.push(Buffer.from([1]), launchBytes(launches.shift()));
    covered.push(Buffer.from([2]), entryBytes(entry));
  }
  if (BigInt(block.height) !== BigInt(index + 1)) faults.push(`block ${index + 1} is missing`);
  if (!previous.equals(hex(block.previousHash))) faults.push(`block ${block.height} is not on the one below`);
  const header = Buffer.concat([
    Buffer.from("rally block 1", "ascii"), integer(block.height), previous, integer(block.firstPosition), integer(block.lastPosition),
    integer(block.sealedAt), sha256(Buffer.concat(covered)), integer(block.authority),
  ]);
  const authority = chain.authorities.filter((a) => BigInt(a.firstHeight) <= BigInt(block.height)).at(-1);
  if (authority.number !== block.authority) faults.push(`block ${block.height} names authority ${block.authority}`);
  if (!holds(authority.publicKey, header, block.signature)) faults.push(`block ${block.height} is not signed by authority ${authority.number}`);
  previous = sha256(header);
  return previous.toString("hex");
});

console.log(JSON.stringify({ hashes, faults }));
