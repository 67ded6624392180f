// The standardwebhooks package on both ends.
//   sign SECRET ID BODY   prints the headers of a message signed now, as JSON
//   receive               prints its address; PUT /secret or /verifiers, then POST deliveries to /hook, then GET /report
//                         /verifiers takes {"secrets":[…],"publicKeys":[…]}: the report says which of them verify a delivery. The
//                         package knows no Ed25519, so that is node's own.
import { createPublicKey, verify } from "node:crypto";
import { createServer } from "node:http";
import { Webhook } from "standardwebhooks";

const [mode, ...rest] = process.argv.slice(2);

if (mode === "sign") {
  const [secret, id, body] = rest;
  const now = new Date();
  const signature = new Webhook(secret).sign(id, now, body);
  console.log(JSON.stringify({
    "webhook-id": id,
    "webhook-timestamp": `${Math.floor(now.getTime() / 1000)}`,
    "webhook-signature": signature,
  }));
} else if (mode === "receive") {
  receive();
} else {
  console.error(`unknown mode ${mode}`);
  process.exit(1);
}

function receive() {
  let webhook, verifiers;
  const report = [];
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    if (request.url === "/secret") {
      webhook = new Webhook(body);
    } else if (request.url === "/verifiers") {
      verifiers = JSON.parse(body);
    } else if (request.url === "/report") {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(report));
      return;
    } else {
      report.push(verifiers ? whichVerify(verifiers, body, request.headers) : examine(webhook, body, request.headers));
    }
    response.statusCode = 204;
    response.end();
  });
  server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
}

function examine(webhook, body, headers) {
  const seen = { id: headers["webhook-id"], contentType: headers["content-type"], error: null, type: null };
  try {
    seen.type = webhook.verify(body, headers).type;
  } catch (error) {
    seen.error = `${error}`;
  }
  seen.tamperedAccepted = [
    [body.replace("transfer", "Transfer"), headers],
    [body, { ...headers, "webhook-id": `${headers["webhook-id"]}0` }],
    [body, { ...headers, "webhook-timestamp": `${Number(headers["webhook-timestamp"]) + 1}` }],
  ].filter(([changed, changedHeaders]) => accepts(webhook, changed, changedHeaders)).length;
  return seen;
}

function whichVerify({ secrets, publicKeys }, body, headers) {
  return {
    secrets: secrets.map(secret => accepts(new Webhook(secret), body, headers)),
    publicKeys: publicKeys.map(key => verifiesByKey(key, body, headers)),
    changedVerifies: publicKeys.some(key => verifiesByKey(key, body + " ", headers)),
  };
}

function verifiesByKey(text, body, headers) {
  // SubjectPublicKeyInfo of Ed25519 (RFC 8410) is this and the 32 bytes.
  const der = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), Buffer.from(text.replace("whpk_", ""), "base64")]);
  const key = createPublicKey({ key: der, format: "der", type: "spki" });
  const content = Buffer.from(`${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`);
  return headers["webhook-signature"].split(" ").filter(signature => signature.startsWith("v1a,"))
    .some(signature => verify(null, content, key, Buffer.from(signature.slice("v1a,".length), "base64")));
}

function accepts(webhook, body, headers) {
  try {
    webhook.verify(body, headers);
    return true;
  } catch {
    return false;
  }
}
