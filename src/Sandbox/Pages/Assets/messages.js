// Messages with their embeds and components.
import { $, avatar, coloured, el, hex } from './dom.js';
import { colourOf, guild, member, nameOf, userName } from './guild.js';
import { markdown } from './markdown.js';

const EPHEMERAL = 1 << 6;
const LOADING = 1 << 7;
const dismissed = new Set();

/** @param actions press(message, component, values?) */
export function renderMessages(messages, actions) {
  $('messages').replaceChildren(...messages.filter(message => !dismissed.has(message.id)).map(message => view(message, actions)));
  toEnd();
}

export function putMessage(message, actions) {
  const list = $('messages');
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 120;
  const known = $('message-' + message.id);
  if (known) known.replaceWith(view(message, actions));
  else list.append(view(message, actions));
  if (atEnd) toEnd();
}

export const dropMessage = id => $('message-' + id)?.remove();

/** A line that only this page knows, such as a command that got no answer. */
export function putNote(id, text, failed) {
  const note = el('div', { class: 'message', id: 'note-' + id }, el('span'), el('div', { class: failed ? 'failed' : 'thinking' }, text));
  $('note-' + id)?.replaceWith(note) ?? $('messages').append(note);
  toEnd();
}

export const dropNote = id => $('note-' + id)?.remove();

function toEnd() {
  $('messages').scrollTop = $('messages').scrollHeight;
}

function view(message, actions) {
  const author = member(message.author.id);
  const name = el('span', { class: 'author' }, author ? nameOf(author) : userName(message.author.id));
  coloured(name, author && colourOf(author));
  const isEphemeral = (message.flags & EPHEMERAL) !== 0;
  const used = message.interaction;
  return el('article', { class: isEphemeral ? 'message ephemeral' : 'message', id: 'message-' + message.id },
    used && el('div', { class: 'used' }, userName(used.user.id) + ' used ', el('b', {}, '/' + used.name)),
    avatar(message.author, message.author.bot ? '#4756c9' : undefined),
    el('div', {},
      el('div', { class: 'head' }, name, message.author.bot && el('span', { class: 'bot' }, 'APP'), clock(message.timestamp)),
      message.flags & LOADING
        ? el('div', { class: 'thinking' }, nameOf(author ?? { user: message.author }) + ' is thinking…')
        : el('div', { class: 'content' }, ...markdown(message.content)),
      ...message.embeds.map(embed),
      ...message.components.map(row => el('div', { class: 'row' }, ...row.components.map(part => component(message, part, actions)))),
      message.edited_timestamp && message.type === 0 && el('span', { class: 'edited' }, '(edited)'),
      isEphemeral && el('div', { class: 'only-you' }, 'Only you can see this · ', el('button', {
        type: 'button', onclick: () => { dismissed.add(message.id); dropMessage(message.id); },
      }, 'Dismiss'))));
}

const clock = at => el('time', { datetime: at }, new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' }));

function embed(data) {
  const title = data.title && markdown(data.title);
  const box = el('article', { class: 'embed' },
    data.author && el('div', { class: 'by' }, data.author.name),
    title && el('div', { class: 'title' }, ...(data.url ? [el('a', { href: data.url, target: '_blank', rel: 'noopener noreferrer' }, ...title)] : title)),
    data.description && el('div', {}, ...markdown(data.description)),
    data.fields?.length && el('div', { class: 'fields' }, ...data.fields.map(field =>
      el('div', { class: field.inline ? 'field inline' : 'field' }, el('b', {}, field.name), ...markdown(field.value)))),
    data.image?.url && el('img', { src: data.image.url, alt: '' }),
    (data.footer || data.timestamp) && el('footer', {},
      [data.footer?.text, data.timestamp && new Date(data.timestamp).toLocaleString()].filter(Boolean).join(' · ')));
  if (data.color) box.style.borderLeftColor = hex(data.color);
  return box;
}

function component(message, data, actions) {
  const disabled = data.disabled === true;
  if (data.type === 2) {
    const label = [data.emoji?.name, data.label].filter(Boolean).join(' ');
    return data.style === 5
      ? el('a', { href: data.url, target: '_blank', rel: 'noopener noreferrer' }, label + ' ↗')
      : el('button', { type: 'button', class: 'style-' + data.style, disabled, 'data-custom-id': data.custom_id, onclick: () => actions.press(message, data) }, label);
  }

  const multiple = (data.max_values ?? 1) > 1;
  const picker = el('select', { disabled, multiple, 'aria-label': data.placeholder ?? data.custom_id, 'data-custom-id': data.custom_id },
    !multiple && el('option', { value: '' }, data.placeholder ?? 'Choose…'),
    ...choices(data).map(choice => el('option', { value: choice.value, selected: choice.default === true }, choice.label)));
  const values = () => [...picker.selectedOptions].map(option => option.value).filter(Boolean);
  if (!multiple) {
    picker.addEventListener('change', () => values().length && actions.press(message, data, values()));
    return picker;
  }
  return el('span', { class: 'row' }, picker, el('button', { type: 'button', disabled, onclick: () => actions.press(message, data, values()) }, 'Choose'));
}

function choices(data) {
  const users = () => guild.members.map(someone => ({ value: someone.user.id, label: '@' + nameOf(someone) }));
  const roles = () => guild.roles.map(one => ({ value: one.id, label: '@' + one.name.replace(/^@/, '') }));
  switch (data.type) {
    case 3: return data.options;
    case 5: return users();
    case 6: return roles();
    case 7: return [...users(), ...roles()];
    default: return guild.channels.filter(one => one.guild_id).map(one => ({ value: one.id, label: '#' + one.name }));
  }
}
