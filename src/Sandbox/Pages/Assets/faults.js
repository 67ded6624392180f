// The testers' panel.
import { $ } from './dom.js';
import { call } from './api.js';

export function startFaults() {
  $('rest-fault').addEventListener('submit', async event => {
    event.preventDefault();
    const status = $('fault-status').value;
    await act('POST', 'faults/rest', {
      pathPrefix: $('fault-path').value,
      method: $('fault-method').value || null,
      status: status ? Number(status) : null,
      times: Number($('fault-times').value),
      retryAfterSeconds: Number($('fault-retry').value),
      delayMs: Number($('fault-delay').value),
    });
  });
  $('gateway-faults').addEventListener('click', event => {
    const { action, closeCode } = event.target.dataset;
    if (action) act('POST', 'faults/gateway', { action, closeCode });
  });
  $('clear-faults').addEventListener('click', () => act('DELETE', 'faults'));
}

async function act(method, path, body) {
  try {
    await call(method, path, body);
    await showFaults();
  } catch (refused) {
    $('fault-state').textContent = refused.message;
  }
}

export async function showFaults() {
  const now = await call('GET', 'faults');
  const waiting = now.rest.map(fault =>
    `${fault.times} × ${fault.method ?? 'any'} ${fault.pathPrefix} → ${fault.status ?? ''}${fault.delayMs ? ` after ${fault.delayMs} ms` : ''}`);
  $('fault-state').textContent = [
    `${now.sessions} gateway session${now.sessions === 1 ? '' : 's'}${now.heartbeatsUnanswered ? ', heartbeats ignored' : ''}`,
    `${now.traffic.requests} requests, ${now.traffic.rateLimited} rate limited`,
    ...waiting,
  ].join('\n');
}
