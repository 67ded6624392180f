// oidc-provider as somebody else's server, for our client side: strict about client authentication, redirect addresses and PKCE,
// with a page that asks the person, and an endpoint that tells whose a token is in the shape that Discord and Twitch have.
import { createServer } from 'node:http';
import { once } from 'node:events';
import { Provider } from 'oidc-provider';


// clients: oidc-provider's client metadata. account: {id, username} of whoever signs in. faults: what goes wrong on purpose, by
// name (token: 'down' | 'page' | 'error-page' | 'empty', user: 'unauthorized' | 'shape' | 'page'), changed as the caller goes.
export async function serve({ port, clients, account, scopes }) {
  const faults = {};
  const issuer = `http://127.0.0.1:${port}`;
  const provider = new Provider(issuer, {
    clients,
    scopes,
    claims: { profile: ['username'] },
    cookies: { keys: ['only for tests'] },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      revocation: { enabled: true },
    },
    findAccount: (context, id) => ({ accountId: id, claims: () => ({ sub: id, username: account.username }) }),
    interactions: { url: (context, interaction) => `/interaction/${interaction.uid}` },
    issueRefreshToken: (context, client) => client.grantTypeAllowed('refresh_token'),
    pkce: { required: () => true },
    rotateRefreshToken: true,
    routes: { authorization: '/oauth2/authorize', revocation: '/oauth2/revoke', token: '/oauth2/token' },
    ttl: { AccessToken: 3600, AuthorizationCode: 60, ClientCredentials: 3600, Grant: 86_400, Interaction: 600, RefreshToken: 86_400, Session: 3600 },
  });

  const page = (context, status) => {
    context.status = status;
    context.type = 'html';
    context.body = '<!doctype html><title>Maintenance</title>';
  };

  async function decide(context, decision) {
    const { params } = await provider.interactionDetails(context.req, context.res);
    if (decision === 'deny') return { error: 'access_denied', error_description: 'The person said no.' };
    const grant = new provider.Grant({ accountId: account.id, clientId: params.client_id });
    grant.addOIDCScope(params.scope ?? '');
    return { login: { accountId: account.id }, consent: { grantId: await grant.save() } };
  }

  provider.use(async (context, next) => {
    const interaction = /^\/interaction\/([^/]+)(?:\/(allow|deny))?$/.exec(context.path);
    if (interaction) {
      if (!interaction[2]) return void (context.body = 'Shall this app know you?');
      return context.redirect(await provider.interactionResult(context.req, context.res, await decide(context, interaction[2])));
    }

    // A request without a scope is for the usual one (RFC 6749, 3.3), as at Twitch.
    if (context.path === '/oauth2/authorize' && !context.query.scope) context.query = { ...context.query, scope: scopes[0] };
    if (context.path === '/oauth2/token' && faults.token === 'empty') return void (context.body = {});
    if (context.path === '/oauth2/token' && faults.token) return page(context, { down: 503, page: 200, 'error-page': 400 }[faults.token]);
    if (context.path !== '/users/@me') return next();
    if (faults.user === 'page') return page(context, 200);
    const token = await provider.AccessToken.find(/^Bearer (.+)$/.exec(context.get('authorization'))?.[1]);
    if (!token || faults.user === 'unauthorized') return void (context.status = 401);
    const user = { id: token.accountId, username: account.username };
    context.body = faults.user === 'shape' ? { user } : user;
  });

  const server = createServer(provider.callback()).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return { issuer, faults, close: () => { server.close(); server.closeAllConnections(); } };
}

// What the person at the browser does at that server: says yes or no where it asks, and is sent back.
export async function answer(person, url, decision = 'allow') {
  const asked = await person.visit(new URL(url));
  return asked.url.pathname.startsWith('/interaction/') ? (await person.visit(new URL(`${asked.url}/${decision}`))).url : asked.url;
}
