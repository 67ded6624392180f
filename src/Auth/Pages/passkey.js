// A form with a challenge goes off with the answer of a passkey. Browsers without passkeys never see these forms.
const form = document.querySelector('form[data-passkey]');

const toBytes = (text) =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0));
const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
const withBytes = (credentials) => (credentials ?? []).map((each) => ({ ...each, id: toBytes(each.id) }));

const ways = {
  create: async (options, rest) => {
    const publicKey = {
      ...options,
      challenge: toBytes(options.challenge),
      user: { ...options.user, id: toBytes(options.user.id) },
      excludeCredentials: withBytes(options.excludeCredentials),
    };
    const made = await navigator.credentials.create({ publicKey, ...rest });
    return answer(made, {
      attestationObject: toText(made.response.attestationObject),
      transports: made.response.getTransports?.() ?? [],
    });
  },
  get: async (options, rest) => {
    const publicKey = {
      ...options,
      challenge: toBytes(options.challenge),
      allowCredentials: withBytes(options.allowCredentials),
    };
    const given = await navigator.credentials.get({ publicKey, ...rest });
    const { authenticatorData, signature, userHandle } = given.response;
    return answer(given, {
      authenticatorData: toText(authenticatorData),
      signature: toText(signature),
      ...(userHandle && { userHandle: toText(userHandle) }),
    });
  },
};

const answer = (credential, response) => JSON.stringify({
  id: credential.id,
  rawId: toText(credential.rawId),
  type: credential.type,
  clientExtensionResults: {},
  response: { clientDataJSON: toText(credential.response.clientDataJSON), ...response },
});

const begin = async () => {
  const options = JSON.parse(form.dataset.options);
  const way = ways[form.dataset.passkey];
  const problem = document.createElement('p');
  problem.setAttribute('role', 'alert');
  let waiting = new AbortController();

  const send = (credential) => {
    form.elements.credential.value = credential;
    // Not requestSubmit, which would ask for the passkey once more.
    HTMLFormElement.prototype.submit.call(form);
  };

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    problem.remove();
    // What waits in the browser's list of names would stand in the way.
    waiting.abort();
    waiting = new AbortController();
    try {
      send(await way(options, { signal: waiting.signal }));
    } catch (error) {
      if (error.name === 'AbortError') {
        return;
      }
      problem.textContent = error.name === 'InvalidStateError'
        ? 'This device has a passkey for your account already.'
        : 'The browser gave no passkey. Try again, or go on without one.';
      form.append(problem);
    }
  });
  form.hidden = false;

  // Where the browser can, it offers passkeys in the list of user names.
  if ('autofill' in form.dataset && (await PublicKeyCredential.isConditionalMediationAvailable?.())) {
    try {
      send(await way(options, { mediation: 'conditional', signal: waiting.signal }));
    } catch {
      // Nobody chose one; the button is still there.
    }
  }
};

if (form && window.PublicKeyCredential) {
  begin();
}
