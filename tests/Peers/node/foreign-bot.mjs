// A foreign server (oidc-provider) for the bot's OAuth client. Reads {port, account, client, scopes} from its argument, prints
// "ready", and serves until it is ended. Beside the protocol: /person?decision=allow|deny&url=… is a person who is sent to that
// address, and answers where their browser is sent back to; /faults?token=down|page|none makes the token endpoint fail.
import { createServer } from 'node:http';
import { Person } from './person.mjs';
import { answer, serve } from './foreign-provider.mjs';

const { port, control, account, client, scopes } = JSON.parse(process.argv[2]);
const site = await serve({ port, account, scopes, clients: [client] });

createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, site.issuer);
  if (pathname === '/faults') {
    site.faults.token = searchParams.get('token') === 'none' ? undefined : searchParams.get('token');
    return response.end();
  }

  const back = await answer(new Person(client.redirect_uris[0]), searchParams.get('url'), searchParams.get('decision'));
  return response.end(back.href);
}).listen(control, '127.0.0.1', () => console.log('ready'));
