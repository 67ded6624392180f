// The part of Discord's markdown that bots use, as nodes.
import { el } from './dom.js';
import { channel, role, userName } from './guild.js';

const inline = [
  [/^`([^`\n]+)`/, match => el('code', {}, match[1])],
  [/^\*\*([\s\S]+?)\*\*/, match => el('strong', {}, ...spans(match[1]))],
  [/^__([\s\S]+?)__/, match => el('u', {}, ...spans(match[1]))],
  [/^~~([\s\S]+?)~~/, match => el('s', {}, ...spans(match[1]))],
  [/^\*([^*\s][^*]*)\*/, match => el('em', {}, ...spans(match[1]))],
  [/^_([^_\s][^_]*)_(?!\w)/, match => el('em', {}, ...spans(match[1]))],
  [/^\[([^\]\n]+)\]\(<?(https?:\/\/[^\s)>]+)>?\)/, match => link(match[2], match[1])],
  [/^<(https?:\/\/[^\s>]+)>/, match => link(match[1], match[1])],
  [/^https?:\/\/[^\s<>)\]]+[^\s<>)\].,:;!?'"]/, match => link(match[0], match[0])],
  [/^<@!?(\d+)>/, match => mention('@' + userName(match[1]))],
  [/^<@&(\d+)>/, match => mention('@' + (role(match[1])?.name ?? 'unknown-role'))],
  [/^<#(\d+)>/, match => mention('#' + (channel(match[1])?.name ?? 'unknown'))],
  [/^<\/([^:>]+):\d+>/, match => mention('/' + match[1])],
  [/^@(everyone|here)\b/, match => mention(match[0])],
  [/^<t:(-?\d+)(?::([tTdDfFR]))?>/, match => moment(Number(match[1]), match[2] ?? 'f')],
];

const mention = text => el('span', { class: 'mention' }, text);
const link = (href, text) => el('a', { href, target: '_blank', rel: 'noopener noreferrer' }, text);

function moment(seconds, style) {
  const at = new Date(seconds * 1000);
  const forms = {
    t: { timeStyle: 'short' }, T: { timeStyle: 'medium' }, d: { dateStyle: 'short' }, D: { dateStyle: 'long' },
    f: { dateStyle: 'long', timeStyle: 'short' }, F: { dateStyle: 'full', timeStyle: 'short' },
  };
  const text = style === 'R' ? relative(at) : new Intl.DateTimeFormat(undefined, forms[style]).format(at);
  return el('time', { datetime: at.toISOString(), title: at.toLocaleString() }, text);
}

function relative(at) {
  const seconds = (at - Date.now()) / 1000;
  const [unit, size] = [['year', 31536000], ['month', 2592000], ['day', 86400], ['hour', 3600], ['minute', 60], ['second', 1]]
    .find(([, length]) => Math.abs(seconds) >= length) ?? ['second', 1];
  return new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' }).format(Math.round(seconds / size), unit);
}

function spans(text) {
  const nodes = [];
  let plain = '';
  while (text) {
    const rule = inline.map(([pattern, make]) => [pattern.exec(text), make]).find(([match]) => match);
    if (!rule) {
      // A backslash takes the meaning from the character after it.
      const skip = text[0] === '\\' && /[\\*_~`<@#[\]()]/.test(text[1] ?? '') ? 1 : 0;
      plain += text[skip];
      text = text.slice(skip + 1);
      continue;
    }
    if (plain) nodes.push(plain);
    plain = '';
    nodes.push(rule[1](rule[0]));
    text = text.slice(rule[0][0].length);
  }
  if (plain) nodes.push(plain);
  return nodes;
}

function line(text) {
  let match;
  if ((match = /^#{1,3} (.+)/.exec(text))) return el('div', { class: 'heading' }, ...spans(match[1]));
  if ((match = /^-# (.+)/.exec(text))) return el('div', { class: 'subtext' }, ...spans(match[1]));
  if ((match = /^> (.*)/.exec(text))) return el('blockquote', {}, ...spans(match[1]));
  if ((match = /^(\s*)[-*] (.+)/.exec(text))) return el('div', {}, match[1] + '• ', ...spans(match[2]));
  return el('div', {}, ...(text ? spans(text) : ['\u200b']));
}

export function markdown(text) {
  return text.split(/```(?:[a-z]*\n)?([\s\S]*?)```/).flatMap((part, index) => {
    if (index % 2) return [el('pre', {}, el('code', {}, part.replace(/\n$/, '')))];
    return part.trim() ? part.replace(/^\n|\n$/g, '').split('\n').map(line) : [];
  });
}
