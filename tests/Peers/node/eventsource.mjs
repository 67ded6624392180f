// The eventsource package (WHATWG's EventSource for Node.js) on our stream of events, over a connection that is cut in the middle of events.
// Prints what it got as JSON, once it has as many events as it was told.
import net from 'node:net';
import { EventSource } from 'eventsource';

const [target, wanted] = process.argv.slice(2);
const upstream = new URL(target);
const cutAfterBytes = [900, 3100, 1700]; // of the connections in turn; the next one is left alone
const asked = [];

const relay = net.createServer((client) => {
  const server = net.connect(Number(upstream.port), upstream.hostname);
  let left = cutAfterBytes.shift() ?? Infinity;
  client.on('data', (sent) => {
    const header = /^last-event-id: (.*)\r$/im.exec(sent.toString('latin1'));
    asked.push(header ? header[1] : null);
    server.write(sent);
  });
  server.on('data', (answer) => {
    client.write(answer.subarray(0, left));
    left -= answer.length;
    if (left <= 0) client.end(() => { client.destroy(); server.destroy(); });
  });
  for (const [one, other] of [[client, server], [server, client]]) {
    one.on('error', () => other.destroy());
    one.on('close', () => other.destroy());
  }
});
await new Promise((done) => relay.listen(0, '127.0.0.1', done));

const address = new URL(upstream.pathname + upstream.search, `http://127.0.0.1:${relay.address().port}`);
const source = new EventSource(address);
const events = [];
const faults = [];
source.onerror = (fault) => { if (source.readyState === EventSource.CLOSED) { faults.push(fault.message ?? 'closed'); finish(); } };
source.onmessage = (event) => faults.push(`untyped: ${event.data}`);
source.addEventListener('transfer.posted', (event) => {
  const body = JSON.parse(event.data);
  events.push({ id: event.lastEventId, type: body.type, position: body.data.position });
  if (events.length === Number(wanted)) finish();
});

function finish() {
  source.close();
  relay.close();
  console.log(JSON.stringify({ events, asked, faults }));
  process.exit(0);
}
