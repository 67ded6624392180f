// Checks an export by docs/export.md and docs/chain.md alone:
//   export.mjs FILE PINNED
// prints {"entries","blocks","unsealed","faults":[...]}.
import { readFileSync } from "node:fs";
import { Chain, checkAuthorities, commitment, entryDigest, launchDigest, sha256 } from "./chain.mjs";

const [, , file, pinned] = process.argv;
const lines = readFileSync(file, "utf8").split("\n");
const faults = [];
const faultOf = (line) => (what) => faults.push(`line ${line + 1}: ${what}`);

const header = JSON.parse(lines[0]);
const footer = JSON.parse(lines.at(-2));
if (header.format !== "rally ledger 1") faultOf(0)("another format");
if (lines.at(-1) !== "" || footer.type !== "footer") faultOf(lines.length - 1)("no footer");
if (sha256(Buffer.from(lines.slice(0, -2).join("\n") + "\n", "utf8")).toString("hex") !== footer.sha256)
  faultOf(lines.length - 2)("another SHA-256");
checkAuthorities(header.authorities, pinned, faultOf(0));

const chain = new Chain(header.authorities);
let covered = [];
let position = 0n;
lines.slice(1, -2).forEach((text, index) => {
  const line = JSON.parse(text);
  const fault = faultOf(index + 1);
  if (line.type === "launch") covered.push(launchDigest(line));
  if (line.type === "entry") {
    if (BigInt(line.position) !== ++position) fault(`position ${position} is missing`);
    covered.push(entryDigest(line, commitment(header.wordsKey, line)));
  }
  if (line.type !== "block") return;
  if (chain.add(line, covered, position, fault) !== line.hash) fault(`block ${chain.height} has another hash`);
  covered = [];
});

console.log(JSON.stringify({ entries: `${position}`, blocks: `${chain.height}`, unsealed: `${position - chain.lastPosition}`, faults }));
