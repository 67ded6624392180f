// Ties the parts together: who is looking, which channel is open, and what the server tells.
import { $, el } from './dom.js';
import { call } from './api.js';
import { channel, guild, nameOf, userName } from './guild.js';
import { refreshComposer, startComposer } from './composer.js';
import { showFaults, startFaults } from './faults.js';
import { renderMembers, startMembers } from './members.js';
import { dropMessage, dropNote, putMessage, putNote, renderMessages } from './messages.js';
import { openModal } from './modal.js';

const unread = new Set();
const narrow = matchMedia('(max-width: 1000px)');
let events = null;
let rereading = null;

async function read() {
  const state = await call('GET', 'state' + (guild.me ? '?memberId=' + guild.me : ''));
  Object.assign(guild, { info: state.guild, roles: state.roles, members: state.members, left: state.left, channels: state.channels, commands: state.commands });
}

/** Guild-wide things come whole; messages one by one, so that what is being typed or chosen in them stays. */
function rereadSoon() {
  rereading ??= setTimeout(async () => {
    rereading = null;
    const messages = new Map(guild.channels.map(one => [one.id, one.messages]));
    await read();
    for (const one of guild.channels) one.messages = messages.get(one.id) ?? one.messages;
    if (!guild.members.some(someone => someone.user.id === guild.me)) return actAs(guild.info.ownerId);
    renderGuild();
  }, 40);
}

function renderGuild() {
  const people = guild.members.filter(someone => !someone.user.bot);
  document.title = guild.info.name + ' · Sandbox';
  $('guild-name').textContent = guild.info.name;
  $('act-as').replaceChildren(...people.map(someone => el('option', { value: someone.user.id, selected: someone.user.id === guild.me }, nameOf(someone))));
  renderChannels();
  renderMembers();
}

const title = one => one.guild_id ? '# ' + one.name : '@ ' + userName(guild.info.applicationId);

function renderChannels() {
  $('channels').replaceChildren(...guild.channels.map(one => el('button', {
    type: 'button', id: 'channel-' + one.id, class: unread.has(one.id) ? 'unread' : '',
    'aria-current': one.id === guild.channel ? 'page' : null, onclick: () => openChannel(one.id),
  }, title(one))));
  const open = channel(guild.channel);
  $('channel-name').textContent = title(open);
  refreshComposer(`Message ${title(open).replace(' ', '')} or /command`);
}

function openChannel(id) {
  guild.channel = id;
  unread.delete(id);
  renderChannels();
  renderMessages(channel(id).messages, actions);
  toggle('left', false);
}

async function actAs(memberId) {
  guild.me = memberId;
  await read();
  const me = guild.members.find(someone => someone.user.id === memberId);
  history.replaceState(null, '', '?as=' + encodeURIComponent(me.user.username));
  if (!channel(guild.channel)) guild.channel = guild.channels.find(one => one.guild_id).id;
  renderGuild();
  openChannel(guild.channel);
  listen();
}

function listen() {
  events?.close();
  const source = events = new EventSource('/sandbox/api/events?memberId=' + guild.me);
  let opened = false;
  source.onopen = async () => {
    $('connection').textContent = '';
    // What came while the line was down is in the state.
    if (opened) {
      await read();
      renderGuild();
      openChannel(guild.channel);
    }
    opened = true;
  };
  source.onerror = () => { $('connection').textContent = 'Reconnecting…'; };
  const on = (names, hear) => names.split(' ').forEach(name => source.addEventListener(name, event => hear(JSON.parse(event.data))));
  on('MESSAGE_CREATE MESSAGE_UPDATE', heard);
  on('MESSAGE_DELETE', gone => {
    const place = channel(gone.channel_id);
    if (place) place.messages = place.messages.filter(message => message.id !== gone.id);
    dropMessage(gone.id);
  });
  on('GUILD_MEMBER_ADD GUILD_MEMBER_UPDATE GUILD_MEMBER_REMOVE GUILD_ROLE_CREATE GUILD_ROLE_UPDATE GUILD_ROLE_DELETE SANDBOX_COMMANDS', rereadSoon);
}

async function heard(message) {
  if (!channel(message.channel_id)) await read(); // a direct channel that is new
  const place = channel(message.channel_id);
  const index = place.messages.findIndex(known => known.id === message.id);
  if (index < 0) place.messages.push(message);
  else place.messages[index] = message;
  if (place.id === guild.channel) return putMessage(message, actions);
  unread.add(place.id);
  renderChannels();
}

let notes = 0;

/** Shows that something is under way until there is an outcome, and what became of it. */
async function follow(path, body, doing) {
  const note = ++notes;
  const slow = setTimeout(() => putNote(note, doing, false), 400);
  try {
    const outcome = await call('POST', path, { memberId: guild.me, ...body });
    dropNote(note);
    clearTimeout(slow);
    if (outcome.state === 'failed') putNote(note, '⚠ ' + outcome.failure, true);
    if (outcome.modal) openModal(outcome.modal, values =>
      call('POST', 'modals', { memberId: guild.me, interactionId: outcome.interactionId, values })
        .then(submitted => submitted.state === 'failed' && putNote(++notes, '⚠ ' + submitted.failure, true)));
  } catch (refused) {
    clearTimeout(slow);
    dropNote(note);
    throw refused;
  }
}

const actions = {
  message: text => call('POST', 'messages', { memberId: guild.me, channelId: guild.channel, content: text }),
  command: input => follow('commands', { channelId: guild.channel, ...input }, 'Sending the command…'),
  press: (message, part, values = []) =>
    follow('components', { messageId: message.id, customId: part.custom_id, values }, 'Waiting for the app…')
      .catch(refused => putNote(++notes, '⚠ ' + refused.message, true)),
};

function toggle(side, open = !$(side).classList.contains('open')) {
  $(side).classList.toggle('open', open);
  $('show-' + side).setAttribute('aria-expanded', String(open));
}

function selectTab(name) {
  for (const tab of ['members', 'faults']) {
    $('tab-' + tab).setAttribute('aria-selected', String(tab === name));
    $('panel-' + tab).hidden = tab !== name;
  }
  if (name === 'faults') showFaults();
}

$('act-as').addEventListener('change', event => actAs(event.target.value));
for (const side of ['left', 'right']) $('show-' + side).addEventListener('click', event => { event.stopPropagation(); toggle(side); });
document.querySelector('main').addEventListener('click', () => narrow.matches && ['left', 'right'].forEach(side => toggle(side, false)));
for (const tab of ['members', 'faults']) $('tab-' + tab).addEventListener('click', () => selectTab(tab));
startComposer(actions);
startMembers(actAs);
startFaults();

await read();
const wanted = new URLSearchParams(location.search).get('as');
const start = guild.members.find(someone => someone.user.username === wanted) ?? guild.members.find(someone => !someone.user.bot && someone.user.id !== guild.info.ownerId);
await actAs((start ?? guild.members.find(someone => !someone.user.bot)).user.id);
