// The line at the foot: messages, and commands with their options.
import { $, el } from './dom.js';
import { call } from './api.js';
import { guild, nameOf } from './guild.js';

const TYPE = { subcommand: 1, group: 2, string: 3, integer: 4, boolean: 5, user: 6, channel: 7, role: 8, mentionable: 9, number: 10 };
let chosen = null;
let active = 0;
let shown = [];

/** @param actions message(text), command({text} or {command, subcommand, options}); both return promises */
export function startComposer(actions) {
  const input = $('composer-input');
  input.addEventListener('input', suggest);
  input.addEventListener('keydown', event => onKey(event));
  input.addEventListener('blur', () => setTimeout(hide, 150));
  $('cancel-command').addEventListener('click', cancel);
  $('command-form').addEventListener('keydown', event => event.key === 'Escape' && cancel());
  $('composer').addEventListener('submit', event => {
    event.preventDefault();
    submit(actions);
  });
}

/** When the viewer or the commands change, a half-written command may be theirs no more. */
export function refreshComposer(placeholder) {
  $('composer-input').placeholder = placeholder;
  if (chosen && !leaves().some(leaf => leaf.path.join(' ') === chosen.path.join(' '))) cancel();
}

function leaves() {
  const under = (command, path, options) => {
    const subs = (options ?? []).filter(option => option.type <= TYPE.group);
    return subs.length
      ? subs.flatMap(sub => under({ ...command, description: sub.description }, [...path, sub.name], sub.options))
      : [{ path, description: command.description, options: options ?? [] }];
  };
  return guild.commands.flatMap(command => under(command, [command.name], command.options));
}

function suggest() {
  const text = $('composer-input').value;
  problem('');
  if (!text.startsWith('/')) return hide();
  const typed = text.slice(1).toLowerCase();
  shown = leaves().filter(leaf => leaf.path.join(' ').includes(typed.trim()));
  active = 0;
  $('suggestions').replaceChildren(...shown.map((leaf, index) => el('li', {
    role: 'option', id: 'suggestion-' + index, 'aria-selected': String(index === 0),
    onmousedown: event => { event.preventDefault(); choose(leaf); },
  }, '/' + leaf.path.join(' ') + ' ', el('i', {}, leaf.options.map(option => option.required ? option.name : option.name + '?').join(' ')), el('small', {}, leaf.description))));
  $('suggestions').hidden = shown.length === 0;
  $('composer-input').setAttribute('aria-expanded', String(shown.length > 0));
  mark();
}

function mark() {
  [...$('suggestions').children].forEach((item, index) => item.setAttribute('aria-selected', String(index === active)));
  const current = $('suggestion-' + active);
  current?.scrollIntoView({ block: 'nearest' });
  if (current) $('composer-input').setAttribute('aria-activedescendant', current.id);
  else $('composer-input').removeAttribute('aria-activedescendant');
}

function hide() {
  shown = [];
  $('suggestions').hidden = true;
  $('composer-input').setAttribute('aria-expanded', 'false');
  $('composer-input').removeAttribute('aria-activedescendant');
}

function onKey(event) {
  if (event.key === 'Escape') return chosen ? cancel() : hide();
  if (!shown.length) return;
  if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    active = (active + (event.key === 'ArrowDown' ? 1 : shown.length - 1)) % shown.length;
    mark();
  } else if (event.key === 'Tab' || event.key === 'Enter') {
    choose(shown[active]);
  } else {
    return;
  }
  event.preventDefault();
}

function choose(leaf) {
  chosen = leaf;
  hide();
  $('composer-input').value = '';
  $('composer-input').hidden = true;
  $('command-name').textContent = '/' + leaf.path.join(' ');
  $('command-description').textContent = leaf.description;
  $('command-options').replaceChildren(...leaf.options.filter(option => option.required).map(field));
  $('more-options').replaceChildren(...leaf.options.filter(option => !option.required).map(option => el('button', {
    type: 'button', title: option.description, onclick: event => {
      event.currentTarget.remove();
      $('command-options').append(field(option));
      $('option-' + option.name).focus();
    },
  }, '+ ' + option.name)));
  $('command-form').hidden = false;
  ($('command-options').querySelector('input, select') ?? $('send')).focus();
}

function cancel() {
  chosen = null;
  problem('');
  $('command-form').hidden = true;
  $('composer-input').hidden = false;
  $('composer-input').focus();
}

function field(option) {
  const id = 'option-' + option.name;
  const picks = pickable(option);
  const attributes = { id, name: option.name, required: option.required === true, 'aria-describedby': id + '-about' };
  let control;
  if (picks) {
    control = el('select', attributes, el('option', { value: '' }, '—'), ...picks.map(([value, label]) => el('option', { value }, label)));
  } else {
    const isNumber = option.type === TYPE.integer || option.type === TYPE.number;
    control = el('input', { ...attributes, inputmode: isNumber ? (option.type === TYPE.integer ? 'numeric' : 'decimal') : 'text', maxlength: option.max_length && String(option.max_length) });
    if (option.autocomplete) completing(control, option);
  }
  return el('div', { class: 'option' },
    el('label', { for: id }, option.name + (option.required ? '' : ' (optional)')), control,
    option.autocomplete && el('datalist', { id: id + '-list' }),
    el('small', { id: id + '-about' }, option.description));
}

function pickable(option) {
  const users = () => guild.members.map(someone => [someone.user.id, '@' + nameOf(someone)]);
  const roles = () => guild.roles.map(one => [one.id, '@' + one.name.replace(/^@/, '')]);
  if (option.choices?.length) return option.choices.map(choice => [String(choice.value), choice.name]);
  switch (option.type) {
    case TYPE.boolean: return [['true', 'True'], ['false', 'False']];
    case TYPE.user: return users();
    case TYPE.role: return roles();
    case TYPE.mentionable: return [...users(), ...roles()];
    case TYPE.channel: return guild.channels.filter(one => one.guild_id).map(one => [one.id, '#' + one.name]);
    default: return null;
  }
}

function completing(control, option) {
  control.setAttribute('list', 'option-' + option.name + '-list');
  let waiting;
  const ask = async () => {
    if (!control.isConnected || !chosen) return; // sent meanwhile
    const outcome = await call('POST', 'autocomplete', { ...filled(), focused: option.name, memberId: guild.me, channelId: guild.channel }).catch(() => null);
    const list = $('option-' + option.name + '-list');
    list?.replaceChildren(...(outcome?.choices ?? []).map(choice => el('option', { value: String(choice.value) }, choice.name)));
  };
  control.addEventListener('focus', ask);
  control.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, 150);
  });
}

function filled() {
  const options = {};
  for (const control of $('command-options').querySelectorAll('input, select'))
    if (control.value !== '') options[control.name] = control.value;
  return { command: chosen.path[0], subcommand: chosen.path.slice(1), options };
}

function problem(text, option) {
  $('composer-problem').hidden = !text;
  $('composer-problem').textContent = option ? option + ': ' + text : text;
  if (option) $('option-' + option)?.focus();
}

async function submit(actions) {
  const input = $('composer-input');
  const text = input.value.trim();
  if (!chosen && !text) return;
  const done = chosen ? actions.command(filled()) : text.startsWith('/') ? actions.command({ text }) : actions.message(text);
  const wasChosen = chosen;
  try {
    if (chosen) cancel();
    else input.value = '';
    hide();
    await done;
  } catch (refused) {
    // Give back what was typed, with what is wrong about it.
    if (wasChosen) {
      chosen = wasChosen;
      $('composer-input').hidden = true;
      $('command-form').hidden = false;
    } else {
      input.value = text;
    }
    problem(refused.message, refused.option);
  }
}
