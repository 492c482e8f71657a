import { describe, expect, it } from '@jest/globals';
import { addToCart, done, readProducts, removeFromCart, type RequestContract } from '@jangteo/contracts';
import type { Database } from '@jangteo/database';
import { UpstreamTimeout, UpstreamUnavailable, type RequestClient } from '@jangteo/messaging';
import type { FastifyReply } from 'fastify';
import { Call, type CallRequest } from '../http/request-context.js';
import { CartController } from './cart.controller.js';
import { Upstream } from '../http/upstream.js';

const { productId, optionId } = addToCart.example.value.lines[0]!;
const body = { productId, optionId, quantity: 2 };

/** Nothing is kept of a change that cannot be asked for again. */
const NO_DATABASE = {} as Database;

/** A cart whose catalog goes away after so many answers, and what the services were asked for. */
function cartWithCatalogFor(answers: number) {
  const asked: RequestContract[] = [];
  const ask = async (contract: RequestContract): Promise<unknown> => {
    asked.push(contract);
    const isAway = contract === readProducts && asked.filter((one) => one === readProducts).length > answers;
    if (isAway) throw new UpstreamUnavailable('the broker takes nothing now');
    return done(contract === removeFromCart ? addToCart.example.value : contract.example.value);
  };
  return { cart: new CartController(new Upstream({ ask } as unknown as RequestClient), NO_DATABASE), asked };
}

function callOf(): Call {
  const request = { id: 'r1', headers: {}, caller: { userId: productId, role: 'customer' } };
  return new Call(request as unknown as CallRequest, {} as FastifyReply);
}

describe('a cart that cannot be shown', () => {
  it('is not called unavailable once it was changed: who asks again would change it twice', async () => {
    const { cart, asked } = cartWithCatalogFor(1);
    await expect(cart.add(callOf(), body)).rejects.toBeInstanceOf(UpstreamTimeout);
    expect(asked).toEqual([readProducts, addToCart, readProducts]);
    const { cart: another } = cartWithCatalogFor(0);
    await expect(another.remove(callOf(), { productId })).rejects.toBeInstanceOf(UpstreamTimeout);
  });

  it('is called unavailable where nothing was changed', async () => {
    const { cart, asked } = cartWithCatalogFor(0);
    await expect(cart.add(callOf(), body)).rejects.toBeInstanceOf(UpstreamUnavailable);
    expect(asked).toEqual([readProducts]);
    await expect(cart.read(callOf())).rejects.toBeInstanceOf(UpstreamUnavailable);
  });
});
