// The person at a browser: keeps cookies, follows redirects on the server, and fills the server's own forms.
// Text as it was before it was written into HTML.
export const plain = (text) => text.replace(/&#x([0-9A-F]+);/gi, (_, hex) => String.fromCodePoint(parseInt(hex, 16)))
  .replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

export class Person {
  #cookies = new Map();

  constructor(redirectUri, username, password) {
    Object.assign(this, { redirectUri, username, password });
  }

  // A page of the server, or the address of the app that it sent the browser to.
  async visit(url, form) {
    for (;;) {
      const response = await fetch(url, {
        method: form ? 'POST' : 'GET',
        body: form,
        redirect: 'manual',
        headers: { cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      });
      for (const cookie of response.headers.getSetCookie()) {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie);
        this.#cookies.set(name, value);
      }
      const location = response.headers.get('location');
      if (!location) return { url, status: response.status, html: await response.text() };
      url = new URL(location, url);
      if (this.redirectUri && url.href.startsWith(this.redirectUri)) return { url };
      form = undefined;
    }
  }

  // The first form of the page, with its hidden fields and what is typed.
  submit(page, typed) {
    const [form, action] = /<form method="post" action="([^"]+)".*?<\/form>/s.exec(page.html);
    const fields = new URLSearchParams();
    for (const [, name, value] of form.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)) fields.set(name, plain(value));
    for (const [name, value] of Object.entries(typed)) fields.set(name, value);
    return this.visit(new URL(action, page.url), fields);
  }

  // Signs in and decides where the server asks; returns where the browser ends.
  async authorize(url, decision = 'allow') {
    let page = await this.visit(url);
    if (page.html?.includes('name="password"')) page = await this.submit(page, { username: this.username, password: this.password });
    if (page.html?.includes('name="decision"')) page = await this.submit(page, { decision });
    return page.url;
  }

  async allowDevice(address, userCode) {
    const asked = await this.submit(await this.visit(address), { user_code: userCode });
    return this.submit(asked, { decision: 'allow' });
  }
}
