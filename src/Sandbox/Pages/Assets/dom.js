// Elements without innerHTML: whatever a bot or a member wrote stays text.
export const $ = id => document.getElementById(id);

export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'class') element.className = value;
    else if (name in element && name !== 'list' && typeof value !== 'string') element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.filter(child => child !== null && child !== undefined && child !== false));
  return element;
}

export function avatar(user, colour, small = false) {
  // Ids made at one time differ little; steps of 137° spread their colours.
  const hue = Number(BigInt(user.id) % 1000n) * 137 % 360;
  const face = el('span', { class: small ? 'avatar small' : 'avatar', 'aria-hidden': 'true' }, (user.global_name ?? user.username)[0]);
  face.style.background = colour ?? `hsl(${hue} 45% 42%)`;
  return face;
}

/** Names in a role's colour stay readable on light and dark; see .role-colour. */
export function coloured(element, colour) {
  if (!colour) return;
  element.classList.add('role-colour');
  element.style.setProperty('--role', hex(colour));
}

export const hex = colour => '#' + colour.toString(16).padStart(6, '0');
