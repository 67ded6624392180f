// A list of choices at a text field, for mouse and keyboard (ARIA's combobox with a listbox).
import { el } from './dom.js';

/** @param label gives what stands in the list for a choice  @param choose is called with the one picked */
export function listbox(input, list, label, choose) {
  let shown = [];
  let active = -1;

  /** @param first the choice that Enter and Tab pick at once; -1 for none until an arrow is pressed */
  function show(choices, first = 0) {
    shown = choices;
    list.replaceChildren(...choices.map((choice, index) => el('li', {
      role: 'option', id: `${list.id}-${index}`, onmousedown: event => { event.preventDefault(); pick(choice); },
    }, ...label(choice))));
    list.hidden = choices.length === 0;
    input.setAttribute('aria-expanded', String(!list.hidden));
    mark(choices.length ? first : -1);
  }

  function mark(index) {
    active = index;
    [...list.children].forEach((item, at) => item.setAttribute('aria-selected', String(at === index)));
    const current = list.children[index];
    current?.scrollIntoView({ block: 'nearest' });
    if (current) input.setAttribute('aria-activedescendant', current.id);
    else input.removeAttribute('aria-activedescendant');
  }

  const hide = () => show([]);

  function pick(choice) {
    hide();
    choose(choice);
  }

  input.addEventListener('keydown', event => {
    if (!shown.length) return;
    if (event.key === 'ArrowDown') mark((active + 1) % shown.length);
    else if (event.key === 'ArrowUp') mark((active < 1 ? shown.length : active) - 1);
    else if (event.key === 'Escape') hide();
    else if ((event.key === 'Enter' || event.key === 'Tab') && active >= 0) pick(shown[active]);
    else return;
    event.preventDefault();
    event.stopPropagation(); // Escape closes the list only
  });
  input.addEventListener('blur', hide);
  return { show, hide };
}
