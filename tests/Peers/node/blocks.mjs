// Checks a chain by docs/chain.md alone. It reads a file of JSON:
//   {"authorities":[{"number","firstHeight","publicKey","introduction"}],"pinned",
//    "blocks":[{"height","previousHash","firstPosition","lastPosition","sealedAt","authority","signature","launches","entries"}]}
// bytes in hexadecimal, integers as decimal strings; and prints {"hashes":[...],"faults":[...]}.
import { readFileSync } from "node:fs";
import { Chain, checkAuthorities, entryDigest, launchDigest } from "./chain.mjs";

const { authorities, pinned, blocks } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const faults = [];
const fault = (what) => faults.push(what);

checkAuthorities(authorities, pinned, fault);
const chain = new Chain(authorities);
let position = 0n;
const hashes = blocks.map((block) => {
  const covered = [];
  const launches = [...block.launches].sort((a, b) =>
    Number(BigInt(a.launchedAfter) - BigInt(b.launchedAfter)) || (a.symbol < b.symbol ? -1 : 1));
  for (const entry of block.entries) {
    if (BigInt(entry.position) !== ++position) fault(`position ${position} is missing`);
    while (launches.length > 0 && BigInt(launches[0].launchedAfter) < position) covered.push(launchDigest(launches.shift()));
    covered.push(entryDigest(entry, entry.words));
  }
  return chain.add(block, covered, position, fault);
});

console.log(JSON.stringify({ hashes, faults }));
