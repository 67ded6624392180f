// The list of members, and the card on which the owner gives and takes roles.
import { $, avatar, coloured, el, hex } from './dom.js';
import { call } from './api.js';
import { colourOf, groups, guild, member, nameOf } from './guild.js';

let open = null;

export function startMembers(actAs) {
  $('join').addEventListener('submit', async event => {
    event.preventDefault();
    try {
      await call('POST', 'members', { username: $('join-name').value });
      $('join-name').value = '';
    } catch (refused) {
      $('join-name').setCustomValidity(refused.message);
      $('join-name').reportValidity();
    }
  });
  $('join-name').addEventListener('input', () => $('join-name').setCustomValidity(''));
  $('member-card').addEventListener('close', () => { open = null; });
  $('member-card').addEventListener('click', event => event.target === $('member-card') && $('member-card').close());
  startMembers.actAs = actAs;
}

export function renderMembers() {
  $('members').replaceChildren(...groups().flatMap(group => [
    el('h2', {}, `${group.role?.name ?? 'Online'} — ${group.members.length}`),
    ...group.members.map(row),
  ]));
  $('left-members').replaceChildren(...guild.left.map(user => el('button', {
    type: 'button', onclick: () => call('POST', 'members', { memberId: user.id }),
  }, `${user.username} returns`)));
  if (open) member(open) ? card(member(open)) : $('member-card').close();
}

function row(someone) {
  const name = el('span', {}, nameOf(someone));
  coloured(name, colourOf(someone));
  return el('button', { type: 'button', id: 'member-' + someone.user.id, onclick: () => { card(someone); $('member-card').showModal(); } },
    avatar(someone.user, someone.user.bot ? '#4756c9' : undefined, true), name,
    someone.user.bot && el('span', { class: 'bot' }, 'APP'),
    someone.user.id === guild.me && el('span', { class: 'you' }, 'you'));
}

function card(someone) {
  open = someone.user.id;
  const grantable = guild.roles.filter(one => one.id !== guild.info.id && !one.managed).reverse();
  $('member-card').replaceChildren(
    el('h2', { id: 'member-card-name' }, nameOf(someone)),
    el('fieldset', {}, el('legend', {}, 'Roles'), ...grantable.map(one => toggle(someone, one))),
    el('div', { class: 'buttons end' },
      !someone.user.bot && someone.user.id !== guild.info.ownerId && el('button', {
        type: 'button', onclick: () => { call('DELETE', 'members/' + someone.user.id); $('member-card').close(); },
      }, 'Leaves the guild'),
      !someone.user.bot && el('button', {
        type: 'button', class: 'primary', onclick: () => { startMembers.actAs(someone.user.id); $('member-card').close(); },
      }, 'Act as ' + nameOf(someone)),
      el('button', { type: 'button', onclick: () => $('member-card').close() }, 'Close')));
}

function toggle(someone, one) {
  const has = someone.roles.includes(one.id);
  const dot = el('span', { class: 'dot' });
  dot.style.background = one.color ? hex(one.color) : 'var(--dim)';
  return el('label', { class: 'role-toggle' }, el('input', {
    type: 'checkbox', checked: has,
    onchange: event => call(event.target.checked ? 'PUT' : 'DELETE', `members/${someone.user.id}/roles/${one.id}`),
  }), dot, one.name);
}
