// What the page knows of the guild, and who is looking.
export const guild = { me: null, channel: null, info: {}, roles: [], members: [], left: [], channels: [], commands: [] };

export const role = id => guild.roles.find(candidate => candidate.id === id);
export const member = id => guild.members.find(candidate => candidate.user.id === id);
export const channel = id => guild.channels.find(candidate => candidate.id === id);
export const nameOf = someone => someone.nick ?? someone.user.global_name ?? someone.user.username;

export function userName(id) {
  const here = member(id);
  if (here) return nameOf(here);
  const gone = guild.left.find(user => user.id === id);
  return gone ? gone.global_name ?? gone.username : 'unknown-user';
}

const rank = someone => someone.roles.map(role).filter(Boolean).sort((a, b) => b.position - a.position);

/** The colour of a member's highest coloured role, as a number; 0 for none. */
export const colourOf = someone => rank(someone).find(candidate => candidate.color)?.color ?? 0;

/** Members by their highest role that is shown apart, high to low, the rest last. */
export function groups() {
  const byRole = new Map();
  for (const someone of guild.members) {
    const shown = rank(someone).find(candidate => candidate.hoist);
    const key = shown?.id ?? '';
    if (!byRole.has(key)) byRole.set(key, { role: shown, members: [] });
    byRole.get(key).members.push(someone);
  }
  return [...byRole.values()]
    .sort((a, b) => (b.role?.position ?? -1) - (a.role?.position ?? -1))
    .map(group => ({ ...group, members: group.members.sort((a, b) => nameOf(a).localeCompare(nameOf(b))) }));
}
