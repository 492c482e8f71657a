import { createSecretKey, type KeyObject } from 'node:crypto';
import {
  BadRequestException,
  Body,
  Controller,
  createParamDecorator,
  ForbiddenException,
  Get,
  HttpException,
  Inject,
  Injectable,
  Param,
  Post,
  UnauthorizedException,
  UseGuards,
  type CanActivate,
  type DynamicModule,
  type ExecutionContext,
  type PipeTransform,
} from '@nestjs/common';
import type { ClientProxy } from '@nestjs/microservices';
import { jwtVerify } from 'jose';
import { z } from 'zod';
import { SERVICES, type Settings } from './settings.js';
import type { OrderBooks, PlacedOrder } from './order.js';
import { ask, clientsOf, refusalIn } from './transport.js';
import type { WalletBooks } from './wallet.js';

const amount = z.number().int().positive().max(1_000_000_000_000);
const PRODUCT = z.object({
  name: z.string().min(1).max(200),
  price: amount,
  stock: z.number().int().min(0).max(1_000_000_000),
});
const COUPON = z.object({ userId: z.uuid(), discount: amount });
const CHARGE = z.object({ amount });
const LINE = z.object({ productId: z.uuid(), quantity: z.number().int().min(1).max(1_000) });
const ORDER = z.object({
  items: z
    .array(LINE)
    .min(1)
    .max(100)
    .refine((items) => new Set(items.map(({ productId }) => productId)).size === items.length),
  userCouponId: z.uuid().optional(),
});

/** Whoever a request's token names. */
interface User {
  readonly userId: string;
  readonly role: unknown;
}

const CurrentUser = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<{ user: User }>().user,
);

class ZodValidationPipe implements PipeTransform {
  constructor(private readonly schema: z.ZodType) {}

  transform(value: unknown): unknown {
    const { success, data, error } = this.schema.safeParse(value);
    if (!success) throw new BadRequestException({ code: 'VALIDATION', message: z.prettifyError(error) });
    return data;
  }
}

const JWT_KEY = Symbol('JWT_KEY');

@Injectable()
class AuthGuard implements CanActivate {
  constructor(@Inject(JWT_KEY) private readonly key: KeyObject) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context
      .switchToHttp()
      .getRequest<{ headers: Record<string, string | undefined>; user?: User }>();
    const [type, token = ''] = request.headers.authorization?.split(' ') ?? [];
    if (type !== 'Bearer') throw new UnauthorizedException({ code: 'UNAUTHORIZED' });
    const { payload } = await jwtVerify(token, this.key, { algorithms: ['HS256'] }).catch(() => {
      throw new UnauthorizedException({ code: 'UNAUTHORIZED' });
    });
    request.user = { userId: payload.sub ?? '', role: payload.role };
    return true;
  }
}

@Injectable()
class AdminGuard extends AuthGuard {
  override async canActivate(context: ExecutionContext): Promise<boolean> {
    await super.canActivate(context);
    const { user } = context.switchToHttp().getRequest<{ user: User }>();
    if (user.role !== 'admin') throw new ForbiddenException({ code: 'FORBIDDEN' });
    return true;
  }
}

/** Asks a service for a customer. @throws HttpException with the service's status and code where it refuses */
async function answerOf<T>(client: ClientProxy, pattern: string, payload: object): Promise<T> {
  try {
    return await ask<T>(client, pattern, payload);
  } catch (error) {
    if (error instanceof Error) throw error;
    const { status, code } = refusalIn(error);
    throw new HttpException({ code }, status);
  }
}

@Controller()
class GatewayController {
  constructor(
    @Inject('catalog') private readonly catalog: ClientProxy,
    @Inject('coupon') private readonly coupon: ClientProxy,
    @Inject('wallet') private readonly wallet: ClientProxy,
    @Inject('order') private readonly order: ClientProxy,
  ) {}

  @Post('products')
  @UseGuards(AdminGuard)
  async createProduct(@Body(new ZodValidationPipe(PRODUCT)) draft: z.infer<typeof PRODUCT>) {
    return await answerOf(this.catalog, 'create_product', draft);
  }

  @Get('products/:productId')
  async findProduct(@Param('productId', new ZodValidationPipe(z.uuid())) productId: string) {
    return await answerOf(this.catalog, 'find_product', { productId });
  }

  @Post('coupons')
  @UseGuards(AdminGuard)
  async issueCoupon(@Body(new ZodValidationPipe(COUPON)) draft: z.infer<typeof COUPON>) {
    return await answerOf(this.coupon, 'issue_coupon', draft);
  }

  @Post('balance/charge')
  @UseGuards(AuthGuard)
  async charge(
    @CurrentUser() { userId }: User,
    @Body(new ZodValidationPipe(CHARGE)) body: z.infer<typeof CHARGE>,
  ) {
    return await answerOf(this.wallet, 'charge_wallet', { userId, ...body });
  }

  @Post('orders')
  @UseGuards(AuthGuard)
  async placeOrder(
    @CurrentUser() { userId }: User,
    @Body(new ZodValidationPipe(ORDER)) body: z.infer<typeof ORDER>,
  ): Promise<PlacedOrder> {
    return await answerOf(this.order, 'place_order', { userId, ...body });
  }

  /** The sums of all services, and where they do not agree: so while orders are on their way, and never after. */
  @Get('books')
  @UseGuards(AdminGuard)
  async books(): Promise<Books> {
    const [orders, wallet, usedCoupons, taken] = await Promise.all([
      answerOf<OrderBooks>(this.order, 'order_books', {}),
      answerOf<WalletBooks>(this.wallet, 'wallet_books', {}),
      answerOf<number>(this.coupon, 'coupon_books', {}),
      answerOf<Record<string, number>>(this.catalog, 'catalog_books', {}),
    ]);
    return { placed: orders.placed, faults: faultsIn(orders, wallet, usedCoupons, taken) };
  }
}

export interface Books {
  /** All orders, however they ended. */
  readonly placed: number;
  readonly faults: readonly string[];
}

/** Compares what orders say with what the services have that they took it from. */
function faultsIn(
  orders: OrderBooks,
  { balances, charged, paid }: WalletBooks,
  usedCoupons: number,
  taken: Readonly<Record<string, number>>,
): string[] {
  const products = [...new Set([...Object.keys(taken), ...Object.keys(orders.sold)])];
  const pairs: (readonly [string, number, number])[] = [
    ['orders that have not ended', orders.pending, 0],
    ['money in wallets, and charged less paid', balances, charged - paid],
    ['money that left wallets, and of orders', paid, orders.paid],
    ['coupons used, and of orders', usedCoupons, orders.coupons],
    ...products.map(
      (id) => [`units of ${id} taken, and of orders`, taken[id] ?? 0, orders.sold[id] ?? 0] as const,
    ),
  ];
  return pairs
    .filter(([, one, other]) => one !== other)
    .map(([what, one, other]) => `${what}: ${one}, ${other}`);
}

export function gatewayModule(settings: Settings): DynamicModule {
  const { jwtSecret } = settings;
  if (!jwtSecret) throw new Error('JWT_SECRET is not set');
  return {
    module: class GatewayModule {},
    imports: [clientsOf(settings, SERVICES)],
    controllers: [GatewayController],
    providers: [{ provide: JWT_KEY, useValue: createSecretKey(jwtSecret, 'utf8') }],
  };
}
