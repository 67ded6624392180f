// Where the browser has a wallet, it fills in what the forms ask for; without one, people do that by hand.
const form = document.querySelector('form[data-wallet]');

const steps = {
  address: async (wallet) => {
    [form.elements.address.value] = await wallet.request({ method: 'eth_requestAccounts' });
  },
  signature: async (wallet) => {
    const text = new TextEncoder().encode(form.elements.message.value);
    const data = `0x${Array.from(text, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
    form.elements.signature.value = await wallet.request({ method: 'personal_sign', params: [data, form.dataset.address] });
  },
};

if (form && window.ethereum) {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = form.dataset.action;
  const problem = document.createElement('p');
  problem.setAttribute('role', 'alert');
  button.addEventListener('click', async () => {
    problem.textContent = '';
    try {
      await steps[form.dataset.wallet](window.ethereum);
      form.requestSubmit();
    } catch (error) {
      problem.textContent = error?.code === 4001 ? 'The wallet was told not to.' : `The wallet could not: ${error?.message ?? error}`;
    }
  });
  form.before(button, problem);
}
