import { describe, expect, it } from '@jest/globals';
import { MONEY_MAX, type OptionChange, type OptionDraft } from '@jangteo/contracts';
import type { ChangingOption } from './option.js';
import { decideOptionChanges, decideOptions } from './option-change.js';

const small: ChangingOption = {
  productId: 'cup',
  productName: 'Cup',
  basePrice: 1_000,
  status: 'SELLABLE',
  optionId: 'small',
  optionName: 'small',
  additionalPrice: 0,
  optionStatus: 'SELLABLE',
  stock: 4,
  position: 0,
  version: 3,
  description: null,
  imageUrl: null,
  category: null,
  createdAt: new Date('2026-01-01T00:00:00.000Z'),
  updatedAt: new Date('2026-01-01T00:00:00.000Z'),
  now: new Date('2026-01-02T00:00:00.000Z'),
};
const large: ChangingOption = { ...small, optionId: 'large', optionName: 'Large', stock: 2, position: 5 };
const operation = { key: 'key', fingerprint: '' };

function add(...drafts: (Partial<OptionDraft> & { versions?: number[]; of?: string })[]) {
  let ids = 0;
  const requests = drafts.map(({ versions, of: productId = 'cup', ...draft }) => ({
    operation,
    productId,
    versions,
    draft: { name: 'XL', stock: 3, ...draft },
  }));
  return decideOptions([small, large], requests, () => `new-${(ids += 1)}`);
}

function change(...changes: (OptionChange & { id?: string; versions?: number[] })[]) {
  const requests = changes.map(({ id: optionId = 'small', versions, ...given }) => ({
    operation,
    productId: 'cup',
    optionId,
    versions,
    change: given,
  }));
  return decideOptionChanges([small, large], requests);
}

const errors = (path: string, message: string) => ({
  ok: false,
  refusal: { code: 'VALIDATION_FAILED', errors: [{ path, message }] },
});

describe('adding an option', () => {
  it('puts it behind the others, counts its stock as received, and makes a version of each', () => {
    const { outcomes, changes } = add({ additionalPrice: 500 }, { name: 'XXL', stock: 0 });
    expect(outcomes).toMatchObject([
      { ok: true, value: { optionId: 'new-1', stock: 9, version: 4, options: [{}, {}, { price: 1_500 }] } },
      { ok: true, value: { optionId: 'new-2', stock: 9, version: 5, options: [{}, {}, {}, { stock: 0 }] } },
    ]);
    expect(changes.options.map(({ optionId, position }) => [optionId, position])).toEqual([
      ['new-1', 6],
      ['new-2', 7],
    ]);
    expect(changes.products).toMatchObject([{ productId: 'cup', version: 5 }]);
    expect(changes.movements).toEqual([{ optionId: 'new-1', operationKey: 'key', quantity: 3 }]);
  });

  it('refuses a name that is there in whatever case, also when two come at once', () => {
    const taken = errors('name', 'another option has this name');
    const { outcomes, changes } = add({ name: 'LARGE' }, {}, { name: 'xl' });
    expect(outcomes).toMatchObject([taken, { ok: true }, taken]);
    expect(changes.options).toHaveLength(1);
  });

  it('refuses a price that no longer is exact, another version, and what is of no product', () => {
    const { outcomes, changes } = add({ additionalPrice: MONEY_MAX }, { versions: [2] }, { of: 'ghost' });
    expect(outcomes).toMatchObject([
      errors('additionalPrice', `the price of an option must not pass ${MONEY_MAX} in all`),
      { refusal: { code: 'VERSION_CHANGED' } },
      { refusal: { code: 'PRODUCT_NOT_FOUND' } },
    ]);
    expect(changes).toEqual({ products: [], options: [], movements: [] });
  });

  it('refuses the hundred and first', () => {
    const hundred = Array.from({ length: 98 }, (_, index) => ({ name: `size ${index}` }));
    const { outcomes, changes } = add(...hundred, {});
    expect(outcomes.at(-1)).toMatchObject(errors('', 'a product has at most 100 options'));
    expect(changes.options).toHaveLength(98);
  });
});

describe('changing an option', () => {
  it('changes what is given and nothing else, and tells what it was', () => {
    const { outcomes, changes } = change({ additionalPrice: 300 }, { name: 'tiny' });
    expect(outcomes[0]).toMatchObject({
      ok: true,
      value: { version: 4, before: { name: 'small', additionalPrice: 0, status: 'SELLABLE' } },
    });
    expect(changes.options).toMatchObject([
      { optionId: 'small', optionName: 'tiny', additionalPrice: 300, optionStatus: 'SELLABLE' },
    ]);
    expect(changes.products).toMatchObject([{ version: 5 }]);
  });

  it('shows a suspended one no more, nor its stock, and again once it is on sale', () => {
    const { outcomes } = change({ status: 'SUSPENDED' }, { status: 'SELLABLE' });
    expect(outcomes).toMatchObject([
      { value: { stock: 2, options: [{ optionId: 'large' }] } },
      { value: { stock: 6, options: [{ optionId: 'small' }, { optionId: 'large' }] } },
    ]);
  });

  it('keeps one on sale, also when both are to be suspended at once', () => {
    const { outcomes, changes } = change({ status: 'SUSPENDED' }, { id: 'large', status: 'SUSPENDED' });
    expect(outcomes).toMatchObject([
      { ok: true },
      errors('status', 'one option stays on sale: suspend the product'),
    ]);
    expect(changes.options).toMatchObject([{ optionId: 'small', optionStatus: 'SUSPENDED' }]);
  });

  it('refuses the name of another, an option of nobody, and another version; its own name is no other', () => {
    const { outcomes } = change(
      { name: 'large' },
      { name: 'SMALL' },
      { id: 'ghost', name: 'x' },
      { name: 'x', versions: [3] },
    );
    expect(outcomes).toMatchObject([
      errors('name', 'another option has this name'),
      { ok: true, value: { version: 4 } },
      { refusal: { code: 'OPTION_NOT_FOUND', productId: 'cup', optionId: 'ghost' } },
      { refusal: { code: 'VERSION_CHANGED' } },
    ]);
  });
});
