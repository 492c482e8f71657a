import { randomUUID } from 'node:crypto';
import { Controller, HttpStatus, UseInterceptors, type DynamicModule } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { Check, Column, DataSource, Entity, In, PrimaryColumn } from 'typeorm';
import { DatabaseModule, MONEY } from './database.js';
import type { Settings } from './settings.js';
import { AckInterceptor, refusal } from './transport.js';

@Entity('products')
@Check('stock >= 0')
export class Product {
  @PrimaryColumn('uuid')
  productId!: string;
  @Column('text')
  name!: string;
  @Column(MONEY)
  price!: number;
  @Column('integer')
  stock!: number;
  /** For the books. */
  @Column('integer')
  initialStock!: number;
}

/** A line of an order, as it is wished: a product once only. */
export interface Line {
  readonly productId: string;
  readonly quantity: number;
}

export interface ReservedLine extends Line {
  readonly name: string;
  readonly unitPrice: number;
}

export interface Reservation {
  readonly items: readonly ReservedLine[];
  readonly subtotal: number;
}

@Controller()
@UseInterceptors(AckInterceptor)
export class CatalogController {
  constructor(private readonly dataSource: DataSource) {}

  @MessagePattern('create_product')
  async create(@Payload() draft: Pick<Product, 'name' | 'price' | 'stock'>): Promise<Product> {
    const product = { ...draft, productId: randomUUID(), initialStock: draft.stock };
    await this.dataSource.getRepository(Product).insert(product);
    return product;
  }

  @MessagePattern('find_product')
  async find(@Payload() { productId }: Pick<Product, 'productId'>): Promise<Product> {
    const product = await this.dataSource.getRepository(Product).findOneBy({ productId });
    if (product === null) throw refusal('PRODUCT_NOT_FOUND', HttpStatus.NOT_FOUND);
    return product;
  }

  @MessagePattern('reserve_stock')
  async reserve(@Payload() { items }: { items: readonly Line[] }): Promise<Reservation> {
    return await this.dataSource.transaction(async (manager) => {
      // In one order for everybody: two orders of the same products must not wait for each other.
      const products = await manager.find(Product, {
        where: { productId: In(items.map(({ productId }) => productId)) },
        order: { productId: 'ASC' },
        lock: { mode: 'pessimistic_write' },
      });
      const reserved = items.map((line): ReservedLine => {
        const product = products.find(({ productId }) => productId === line.productId);
        if (product === undefined) throw refusal('PRODUCT_NOT_FOUND', HttpStatus.NOT_FOUND);
        if (product.stock < line.quantity) throw refusal('OUT_OF_STOCK');
        return { ...line, name: product.name, unitPrice: product.price };
      });
      for (const { productId, quantity } of items) {
        await manager.decrement(Product, { productId }, 'stock', quantity);
      }
      const subtotal = reserved.reduce((sum, { unitPrice, quantity }) => sum + unitPrice * quantity, 0);
      return { items: reserved, subtotal };
    });
  }

  @MessagePattern('release_stock')
  async release(@Payload() { items }: { items: readonly Line[] }): Promise<boolean> {
    return await this.dataSource.transaction(async (manager) => {
      const sorted = items.toSorted((one, other) => (one.productId < other.productId ? -1 : 1));
      for (const { productId, quantity } of sorted) {
        await manager.increment(Product, { productId }, 'stock', quantity);
      }
      return true;
    });
  }

  /** Units taken out of stock, by product. */
  @MessagePattern('catalog_books')
  async books(): Promise<Record<string, number>> {
    const products = await this.dataSource.getRepository(Product).find();
    const taken = products.filter(({ stock, initialStock }) => stock !== initialStock);
    return Object.fromEntries(
      taken.map(({ productId, stock, initialStock }) => [productId, initialStock - stock]),
    );
  }
}

export function catalogModule(settings: Settings): DynamicModule {
  return {
    module: class CatalogModule {},
    imports: [DatabaseModule.of(settings, [Product])],
    controllers: [CatalogController],
  };
}
