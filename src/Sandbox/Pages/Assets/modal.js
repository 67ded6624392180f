// A modal that a bot answered with.
import { $, el } from './dom.js';

/** @param submit takes the values by custom id; a refusal keeps the modal open */
export function openModal(modal, submit) {
  const inputs = modal.components.map(row => row.component ? { label: row.label, about: row.description, ...row.component } : row.components[0]);
  $('modal-title').textContent = modal.title;
  $('modal-problem').hidden = true;
  $('modal-fields').replaceChildren(...inputs.map(input => el('label', { for: 'field-' + input.custom_id },
    input.label + (input.required === false ? ' (optional)' : ''),
    input.about && el('small', {}, input.about),
    el(input.style === 2 ? 'textarea' : 'input', {
      id: 'field-' + input.custom_id, name: input.custom_id, placeholder: input.placeholder, required: input.required !== false,
      minlength: input.min_length && String(input.min_length), maxlength: input.max_length && String(input.max_length),
    }, ...(input.style === 2 && input.value ? [input.value] : [])))));
  for (const input of inputs) if (input.value && input.style !== 2) $('field-' + input.custom_id).value = input.value;
  $('modal-cancel').onclick = () => $('modal').close();
  $('modal-form').onsubmit = async event => {
    event.preventDefault();
    const values = Object.fromEntries([...$('modal-fields').querySelectorAll('input, textarea')].map(field => [field.name, field.value]));
    const sent = submit(values);
    $('modal').close();
    try {
      await sent;
    } catch (refused) {
      $('modal-problem').textContent = refused.message;
      $('modal-problem').hidden = false;
      $('modal').showModal();
    }
  };
  $('modal').showModal();
}
