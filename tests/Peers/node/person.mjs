// A person at the server's own pages: keeps cookies, follows redirects, fills the first form of a page.
export class Person {
  #cookies = new Map();

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
      form = undefined;
    }
  }

  submit(page, typed) {
    const [form, action] = /<form method="post" action="([^"]+)".*?<\/form>/s.exec(page.html);
    const fields = new URLSearchParams();
    for (const [, name, value] of form.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)) fields.set(name, plain(value));
    for (const [name, value] of Object.entries(typed)) fields.set(name, value);
    return this.visit(new URL(action, page.url), fields);
  }
}

// Text as it was before it was written into HTML.
export const plain = (html) => html.replace(/&#x([0-9A-F]+);/gi, (_, hex) => String.fromCodePoint(parseInt(hex, 16)))
  .replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
