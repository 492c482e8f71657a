import { describe, expect, it } from '@jest/globals';
import { MONEY_MAX, type Product } from '@jangteo/contracts';
import { cartOf, offerOf } from './cart.js';

const option = (optionId: string, stock: number, price = 1_000) => ({
  optionId,
  name: optionId,
  price,
  stock,
});

function product(productId: string, options: Product['options'], more: Partial<Product> = {}): Product {
  const stock = options.reduce((sum, each) => sum + each.stock, 0);
  return { productId, name: productId, price: 1_000, stock, status: 'SELLABLE', options, ...more };
}

const cup = product('Cup', [option('default', 3)]);
const shirt = product('Shirt', [option('M', 0, 20_000), option('L', 5, 20_500)]);
const lamp = product('Lamp', [option('default', 9)], { status: 'SUSPENDED' });
const line = (productId: string, optionId: string, quantity: number) => ({ productId, optionId, quantity });

describe('what the catalog offers', () => {
  it.each([
    ['the one option there is', cup, undefined, { optionId: 'default', available: 3 }],
    ['the option that is named', shirt, 'L', { optionId: 'L', available: 5 }],
    ['an option without stock, which the cart is to refuse', shirt, 'M', { optionId: 'M', available: 0 }],
  ])('is %s', (_title, its, optionId, value) => {
    expect(offerOf(its, { productId: its.productId, optionId })).toEqual({ ok: true, value });
  });

  it.each([
    ['PRODUCT_NOT_FOUND', undefined, undefined],
    ['OPTION_REQUIRED', shirt, undefined],
    ['OPTION_NOT_FOUND', shirt, 'XL'],
    ['OPTION_NOT_FOUND', lamp, 'XL'],
    ['PRODUCT_NOT_SELLABLE', lamp, undefined],
  ])('is nothing: %s', (code, its, optionId) => {
    expect(offerOf(its, { productId: 'any', optionId })).toMatchObject({ ok: false, refusal: { code } });
  });
});

describe('a cart', () => {
  it('is shown with names, prices and stock of the moment, in its own order', () => {
    const lines = [line('Shirt', 'L', 2), line('Cup', 'default', 3)];
    expect(cartOf(lines, [cup, shirt])).toEqual({
      items: [
        { ...lines[0], name: 'Shirt (L)', price: 20_500, stock: 5, orderable: true },
        { ...lines[1], name: 'Cup', price: 1_000, stock: 3, orderable: true },
      ],
      totalPrice: 44_000,
    });
  });

  it('says which lines an order would not get', () => {
    const short = [line('Cup', 'default', 4), line('Lamp', 'default', 1), line('Ghost', 'x', 1)];
    const { items, totalPrice } = cartOf([...short, line('Shirt', 'L', 2)], [cup, lamp, shirt]);
    expect(items.map(({ orderable }) => orderable)).toEqual([false, false, false, true]);
    expect(items[2]).toMatchObject({ productId: 'Ghost', price: 0, stock: 0 });
    // Of what could be ordered alone.
    expect(totalPrice).toBe(41_000);
  });

  it('never shows a total that a number does not hold exactly', () => {
    const yacht = product('Yacht', [option('default', 9, MONEY_MAX)]);
    const { totalPrice } = cartOf([line('Yacht', 'default', 2)], [yacht]);
    expect(totalPrice).toBe(MONEY_MAX);
  });

  it('costs nothing when it is empty', () => {
    expect(cartOf([], [])).toEqual({ items: [], totalPrice: 0 });
  });
});
