// Checks an export by docs/export.md and docs/chain.md alone, with node's own SHA-256, HMAC and Ed25519:
//   export.mjs FILE PINNED
// prints {"entries","blocks","unsealed","faults":[...]}.
import { createHash, createHmac, createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";

const [, , file, pinned] = process.argv;
const lines = readFileSync(file, "utf8").split("\n");
const faults = [];
const fault = (line, what) => faults.push(`line ${line + 1}: ${what}`);

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

const header = JSON.parse(lines[0]);
const footer = JSON.parse(lines.at(-2));
if (header.format !== "rally ledger 1") fault(0, "another format");
if (lines.at(-1) !== "" || footer.type !== "footer") fault(lines.length - 1, "no footer");
if (sha256(Buffer.from(lines.slice(0, -2).join("\n") + "\n", "utf8")).toString("hex") !== footer.sha256) fault(lines.length - 2, "another SHA-256");

header.authorities.forEach((authority, index) => {
  if (index === 0) {
    if (authority.publicKey !== pinned) fault(0, "authority 1 is not the pinned one");
    return;
  }
  const introduction = Buffer.concat([
    Buffer.from("rally authority 1", "ascii"), integer(authority.number), integer(authority.firstHeight), hex(authority.publicKey),
  ]);
  if (!holds(header.authorities[index - 1].publicKey, introduction, authority.introduction)) fault(0, `authority ${authority.number} was not introduced`);
});

const words = (entry) => {
  if (entry.note === null && entry.reference === null) return null;
  const salt = createHmac("sha256", hex(header.wordsKey)).update(id(entry.id)).digest();
  return sha256(Buffer.concat([salt, string(entry.note ?? ""), string(entry.reference ?? "")]));
};
const entryBytes = (e) => Buffer.concat([
  integer(e.position), id(e.id), string(e.debit), string(e.credit), integer(e.amount), string(e.kind), integer(e.link),
  integer(e.postedAt), integer(e.debitBalance), integer(e.creditBalance), sized(words(e)), string(e.details),
]);
const launchBytes = (l) => Buffer.concat([
  string(l.symbol), string(l.name), string(l.image), sized(l.creator === null ? null : id(l.creator)), string(l.curve),
  integer(l.supply), string(l.terms), integer(l.rewards), integer(l.launchedAfter), integer(l.launchedAt),
]);

let covered = [];
let previous = Buffer.alloc(32);
let [position, sealed, height] = [0n, 0n, 0n];
lines.slice(1, -2).forEach((text, index) => {
  const line = JSON.parse(text);
  if (line.type === "launch") covered.push(sha256(Buffer.concat([Buffer.from([1]), launchBytes(line)])));
  if (line.type === "entry") {
    if (BigInt(line.position) !== ++position) fault(index + 1, `position ${position} is missing`);
    covered.push(sha256(Buffer.concat([Buffer.from([2]), entryBytes(line)])));
  }
  if (line.type !== "block") return;
  const bytes = Buffer.concat([
    Buffer.from("rally block 1", "ascii"), integer(++height), previous, integer(sealed + 1n), integer(position),
    integer(line.sealedAt), sha256(Buffer.concat(covered)), integer(line.authority),
  ]);
  const authority = header.authorities.filter((a) => BigInt(a.firstHeight) <= height).at(-1);
  if (authority.number !== line.authority || !holds(authority.publicKey, bytes, line.signature)) fault(index + 1, `block ${height} is not signed`);
  [previous, sealed, covered] = [sha256(bytes), position, []];
  if (previous.toString("hex") !== line.hash) fault(index + 1, `block ${height} has another hash`);
});

console.log(JSON.stringify({ entries: `${position}`, blocks: `${height}`, unsealed: `${position - sealed}`, faults }));
