import { Jangteo, JangteoError } from '@jangteo/client';

/** Fixed in the page: were it taken from a link, whoever writes one would get the tokens. */
const url = document.querySelector('meta[name="shop"]').content;
const AT_A_TIME = 10;

const at = (id) => document.getElementById(id);
const money = (amount) => amount.toLocaleString('ko-KR');

/** In this tab, so that a reload does not log out, and for this shop alone. */
const KEPT = `tokens of ${new URL(url).origin}`;
const tokens = {
  read: async () => JSON.parse(sessionStorage.getItem(KEPT) ?? 'null') ?? undefined,
  write: async (granted) =>
    granted === undefined
      ? sessionStorage.removeItem(KEPT)
      : sessionStorage.setItem(KEPT, JSON.stringify(granted)),
};
const shop = new Jangteo({ url, tokens });

/** Does what a button asks for, once at a time, and tells what is refused. */
async function doing(button, work) {
  button.disabled = true;
  at('told').textContent = '';
  try {
    await work();
  } catch (error) {
    if (!(error instanceof JangteoError)) throw error;
    const wrong = error.fields.map(({ path, message }) => `${path}: ${message}`);
    at('told').textContent = [error.message, ...wrong].join('. ');
  } finally {
    button.disabled = false;
  }
}

function onClick(button, work) {
  button.addEventListener('click', () => void doing(button, work));
}

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

async function showBalance() {
  at('balance').textContent = `Balance: ${money((await shop.balance.read()).currentBalance)}`;
}

/** Orders one piece, and shows each step while it is taken. */
async function order({ productId }, { optionId, price }) {
  at('steps').replaceChildren();
  const draft = { items: [{ productId, optionId, quantity: 1 }], expectedTotal: price };
  const { orderId } = await shop.orders.place(draft, { wait: 'none' });
  for await (const { type, data } of shop.orders.events(orderId)) {
    const { step, orderStatus, reason } = data;
    const words = type === 'end' ? orderStatus : [step ?? 'placed', reason].filter(Boolean).join(': ');
    at('steps').append(element('li', words));
  }
  await Promise.all([showBalance(), showProducts()]);
}

function productLine(product) {
  const line = element('li', '');
  line.append(element('span', product.name));
  for (const option of product.options) {
    const name = product.options.length > 1 ? `${option.name}, ` : '';
    const button = element('button', `Buy ${name}${money(option.price)}`);
    onClick(button, () => order(product, option));
    button.disabled = option.stock === 0;
    line.append(button, element('small', `${option.stock} left`));
  }
  return line;
}

let products;

async function showMore() {
  const lines = [];
  while (lines.length < AT_A_TIME) {
    const { value, done } = await products.next();
    at('more').hidden = done;
    if (done) break;
    lines.push(productLine(value));
  }
  at('products').append(...lines);
}

async function showProducts() {
  products = shop.products.list()[Symbol.asyncIterator]();
  at('products').replaceChildren();
  await showMore();
}

async function showShop() {
  at('register').hidden = true;
  at('shop').hidden = false;
  await Promise.all([showBalance(), showProducts()]);
}

at('register').addEventListener('submit', (event) => {
  event.preventDefault();
  const { name, email, password } = Object.fromEntries(new FormData(event.target));
  void doing(event.submitter, async () => {
    if (event.submitter.name !== 'login') await shop.auth.register({ name, email, password });
    await shop.auth.login({ email, password });
    await showShop();
  });
});
onClick(at('charge'), async () => {
  await shop.balance.charge({ amount: 50_000 });
  await showBalance();
});
onClick(at('leave'), async () => {
  await shop.auth.logout();
  location.reload();
});
onClick(at('more'), showMore);

if ((await tokens.read()) !== undefined) await doing(at('leave'), showShop);
