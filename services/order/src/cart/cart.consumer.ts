import { Controller } from '@nestjs/common';
import { addToCart, readCart, removeFromCart, type OutcomeOf } from '@jangteo/contracts';
import { Handle, payloadsOf, type Batch } from '@jangteo/messaging';
import { CartHandler } from './cart.handler.js';

/** Where requests about carts arrive. */
@Controller()
export class CartConsumer {
  constructor(private readonly carts: CartHandler) {}

  @Handle(readCart)
  read(batch: Batch<typeof readCart>): Promise<OutcomeOf<typeof readCart>[]> {
    return this.carts.read(payloadsOf(batch));
  }

  @Handle(addToCart)
  add(batch: Batch<typeof addToCart>): Promise<OutcomeOf<typeof addToCart>[]> {
    return this.carts.add(payloadsOf(batch));
  }

  @Handle(removeFromCart)
  remove(batch: Batch<typeof removeFromCart>): Promise<OutcomeOf<typeof removeFromCart>[]> {
    return this.carts.remove(payloadsOf(batch));
  }
}
