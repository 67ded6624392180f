// The line at the foot: messages, and commands with their options.
import { $, el } from './dom.js';
import { call } from './api.js';
import { guild, nameOf } from './guild.js';
import { listbox } from './listbox.js';

const TYPE = { subcommand: 1, group: 2, string: 3, integer: 4, boolean: 5, user: 6, channel: 7, role: 8, mentionable: 9, number: 10 };
let chosen = null;
let suggestions;

/** @param actions message(text), command({text} or {command, subcommand, options}); both return promises */
export function startComposer(actions) {
  const input = $('composer-input');
  suggestions = listbox(input, $('suggestions'), suggestion, choose);
  input.addEventListener('input', suggest);
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
  if (!text.startsWith('/')) return suggestions.hide();
  const typed = text.slice(1).toLowerCase().trim();
  suggestions.show(leaves().filter(leaf => leaf.path.join(' ').includes(typed)));
}

const suggestion = leaf => [
  '/' + leaf.path.join(' ') + ' ',
  el('i', {}, leaf.options.map(option => option.required ? option.name : option.name + '?').join(' ')),
  el('small', {}, leaf.description),
];

function choose(leaf) {
  chosen = leaf;
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
  let list = null;
  if (picks) {
    control = el('select', attributes, el('option', { value: '' }, '—'), ...picks.map(([value, label]) => el('option', { value }, label)));
  } else {
    const isNumber = option.type === TYPE.integer || option.type === TYPE.number;
    control = el('input', { ...attributes, inputmode: isNumber ? (option.type === TYPE.integer ? 'numeric' : 'decimal') : 'text', maxlength: option.max_length && String(option.max_length) });
    if (option.autocomplete) list = completing(control, option);
  }
  return el('div', { class: 'option' },
    el('label', { for: id }, option.name + (option.required ? '' : ' (optional)')), control, list,
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

/** Offers what the bot offers for what is typed so far; returns the list, which belongs beside the control. */
function completing(control, option) {
  const list = el('ul', { id: control.id + '-list', class: 'choices', role: 'listbox', 'aria-label': option.name, hidden: true });
  for (const [name, value] of Object.entries({ role: 'combobox', 'aria-autocomplete': 'list', 'aria-controls': list.id, 'aria-expanded': 'false' }))
    control.setAttribute(name, value);
  let asked = 0;
  let waiting;
  const choices = listbox(control, list, choice => [choice.name], choice => {
    control.value = String(choice.value);
    clearTimeout(waiting);
    asked++; // an answer still on its way is not to open the list again
  });
  const ask = async () => {
    if (!control.isConnected || !chosen) return; // sent meanwhile
    const question = ++asked;
    const outcome = await call('POST', 'autocomplete', { ...filled(), focused: option.name, memberId: guild.me, channelId: guild.channel }).catch(() => null);
    if (question === asked && document.activeElement === control) choices.show(outcome?.choices ?? [], control.value ? 0 : -1);
  };
  control.addEventListener('focus', ask);
  control.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, 150);
  });
  return list;
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
    suggestions.hide();
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
