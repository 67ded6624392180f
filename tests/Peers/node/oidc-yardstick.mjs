// oidc-provider as tests/Bench measures it: one process, its own in-memory store, opaque tokens. The store forgets all but its
// last thousand entries, refresh tokens in use among them: here it keeps everything. Reads {clientId, clientSecret}
// from its argument and prints the port. A number on a line of its standard input makes it print that many refresh tokens, as
// people's sign-ins would have left them, as a JSON array on a line.
import { createInterface } from 'node:readline';
import { Provider } from 'oidc-provider';
import MemoryAdapter from 'oidc-provider/lib/adapters/memory_adapter.js';

const { clientId, clientSecret } = JSON.parse(process.argv[2]);

const everything = new Map();

class WholeMemory extends MemoryAdapter {
  constructor(model) { super(model, everything); }
}

const provider = new Provider('http://127.0.0.1', {
  adapter: WholeMemory,
  clients: [{
    client_id: clientId,
    client_secret: clientSecret,
    grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
    redirect_uris: ['http://127.0.0.1:9/callback'],
    token_endpoint_auth_method: 'client_secret_basic',
  }],
  features: {
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    devInteractions: { enabled: false },
  },
  rotateRefreshToken: true,
  // As long as ours live.
  ttl: { AccessToken: 3600, ClientCredentials: 3600, Grant: 60 * 86_400, RefreshToken: 60 * 86_400 },
  findAccount: (context, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
});

const scope = 'offline_access';

async function refreshToken(client) {
  const grant = new provider.Grant({ accountId: 'alice', clientId });
  grant.addOIDCScope(scope);
  const grantId = await grant.save();
  return new provider.RefreshToken({ accountId: 'alice', client, grantId, gty: 'authorization_code', scope }).save();
}

const server = provider.listen(0, '127.0.0.1', () => console.log(server.address().port));

for await (const line of createInterface({ input: process.stdin })) {
  const client = await provider.Client.find(clientId);
  const tokens = [];
  while (tokens.length < Number(line)) tokens.push(await refreshToken(client));
  console.log(JSON.stringify(tokens));
}
process.exit(0);
