import { describe, expect, it } from '@jest/globals';
import { readProductSales, type RequestContract } from '@jangteo/contracts';
import { UpstreamTimeout, UpstreamUnavailable } from '@jangteo/messaging';
import type { Call } from '../http/request-context.js';
import type { Upstream } from '../http/upstream.js';
import { SalesController } from './sales.controller.js';

const productId = '01920000-0000-7000-8000-00000000000a';
const products = [{ productId, units: 5, source: 'ranking' }];

/** Products sold, where whoever knows their names fails. */
function productsWhere(catalogFails: Error): Promise<unknown> {
  const ask = (contract: RequestContract) =>
    contract.type === readProductSales.type ? Promise.resolve({ products }) : Promise.reject(catalogFails);
  return new SalesController({ ask } as unknown as Upstream).products({} as Call, { limit: 10 });
}

describe('products that were sold', () => {
  it('are told without names while nobody answers who knows these', async () => {
    expect(await productsWhere(new UpstreamTimeout('x'))).toEqual(products);
    expect(await productsWhere(new UpstreamUnavailable('x'))).toEqual(products);
    await expect(productsWhere(new TypeError('of our own'))).rejects.toThrow('of our own');
  });
});
