import { z } from 'zod';
import { discountRule } from './discount.js';
import { actorId, cursor, id, instant, operation, page } from './ids.js';
import { command, request } from './message.js';
import { money } from './money.js';
import { displayName, nameUpTo, onLines, onOneLine } from './text.js';

const productId = '01920000-0000-7000-8000-0000000000b1';
const optionId = '01920000-0000-7000-8000-0000000000b2';
const orderId = '01920000-0000-7000-8000-0000000000a1';
const adminId = '01920000-0000-7000-8000-000000000009';

export const STOCK_MAX = 1_000_000_000;
/** A count that an admin gives. */
export const stockCount = z.int().min(0).max(STOCK_MAX);
/** A count that is left: orders that give theirs back may lift it above what an admin may give. */
export const stockLeft = z.int().min(0);
/** An archived product is sold no more, and in no list but that of those who run the shop. */
export const productStatus = z.enum(['SELLABLE', 'SUSPENDED', 'ARCHIVED']);
export const optionStatus = z.enum(['SELLABLE', 'SUSPENDED']);

/** The state of a product but for its stock, counted: each change makes a higher one. */
export const version = z.int().min(1).max(Number.MAX_SAFE_INTEGER);
/** Versions of which one must be the one that is changed; any where it is left out. */
export const versions = z
  .array(version)
  .max(20)
  .optional()
  .describe('The change is refused unless the version is one of these; whatever it is without them.');

const IMAGE_URL = /^https:\/\/[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]+$/;

function isPlainUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username === '' && password === '';
}

/** Told apart by its characters, so that it is the same however a keyboard composes them. */
const composed = z.string().normalize('NFC');

/** What products are listed by whose category it is. */
export const categoryAsked = composed.min(1).max(50);

/** Of what comes in; what goes out is shown as it is stored. */
const productTexts = {
  description: onLines(z.string().trim().min(1).max(1_000)),
  imageUrl: z
    .string()
    .max(500)
    .regex(IMAGE_URL, 'must be an address that begins with https://')
    .refine(isPlainUrl, 'must be an address without a user'),
  category: nameUpTo(50, composed),
};

/** What is looked for in names. */
export const searchText = onOneLine(z.string().trim().min(1).max(100));

/** How lists of products are sorted. */
export const productSort = z.enum(['oldest', 'newest', 'name', 'price', '-price']);

/** A product as readers see it; `stock` is the live sum over options, an option's `price` is all-in. */
export const product = z.object({
  productId: id,
  name: z.string(),
  price: money,
  stock: stockLeft,
  status: productStatus,
  options: z.array(z.object({ optionId: id, name: z.string(), price: money, stock: stockLeft })).min(1),
  description: z.string().optional(),
  imageUrl: z.string().optional(),
  category: z.string().optional(),
  /** Absent from services of the release before. */
  version: version.optional(),
  /** Both absent from services of the release before. */
  createdAt: instant.optional(),
  /** Of its last change other than of stock. */
  updatedAt: instant.optional(),
});

/** The largest quantity of one line of an order or a cart. */
export const LINE_QUANTITY_MAX = 1_000;
/** The most units of one option in an order, the lines of one option summed. */
export const OPTION_UNITS_MAX = LINE_QUANTITY_MAX;
/** The most lines of an order or a cart. */
export const LINES_MAX = 100;

/** One line that a customer wants; `optionId` may be left out where the product has one option. */
export const orderLine = z.object({
  productId: id,
  optionId: id.optional(),
  quantity: z.int().min(1).max(LINE_QUANTITY_MAX),
});

/** The lines of an order: 1 to 100; lines of one option are summed by whoever reads them. */
export const orderLines = z.array(orderLine).min(1).max(LINES_MAX);

/** A line whose stock is held, with the name, the category and the all-in unit price of the moment. */
export const reservedLine = z.object({
  productId: id,
  optionId: id,
  name: z.string(),
  /** Absent where the product has none, and from services of the release before. */
  category: z.string().optional(),
  price: money,
  quantity: z.int().min(1).max(100_000),
});

/**
 * Terms of an order that are known before stock is touched, and may make it fail: the amount that its customer can pay,
 * the rule by which its coupon takes off (without one nothing is taken off), and the total that the customer agreed to.
 */
export const orderTerms = z.object({
  payable: money.optional(),
  discount: discountRule.optional(),
  expectedTotal: money.optional(),
});

/** The name as people tell it from others: however it is composed, and in whatever case. */
export function withoutCase(name: string): string {
  return name.trim().toUpperCase().toLowerCase().normalize('NFC');
}

/** An admin's input for a new product; without `options` there is one default option with `stock`. */
export const productDraft = z
  .strictObject({
    name: displayName,
    price: money,
    description: productTexts.description.optional(),
    imageUrl: productTexts.imageUrl.optional(),
    category: productTexts.category.optional(),
    stock: stockCount.optional(),
    options: z
      .array(z.strictObject({ name: displayName, additionalPrice: money.optional(), stock: stockCount }))
      .min(1)
      .max(100)
      .optional(),
  })
  .refine((draft) => draft.stock === undefined || draft.options === undefined, {
    path: ['stock'],
    message: 'give stock, or options with a stock each',
  })
  .superRefine(({ options = [] }, context) => {
    const taken = new Set<string>();
    for (const [index, { name }] of options.entries()) {
      const compared = withoutCase(name);
      if (taken.has(compared)) {
        const message = 'another option has this name';
        context.addIssue({ code: 'custom', path: ['options', index, 'name'], message });
      }
      taken.add(compared);
    }
  });

/** An admin's change to a product: at least one field. */
export const productChange = z
  .strictObject({
    name: displayName.optional(),
    price: money.optional(),
    status: productStatus.optional(),
    description: productTexts.description.nullable().optional(),
    imageUrl: productTexts.imageUrl.nullable().optional(),
    category: productTexts.category.nullable().optional(),
  })
  .refine((change) => Object.keys(change).length > 0, { message: 'nothing to change' });

/** A new option of a product. */
export const optionDraft = z.strictObject({
  name: displayName,
  additionalPrice: money.optional(),
  stock: stockCount,
});

/** A change of an option: at least one field. */
export const optionChange = z
  .strictObject({
    name: displayName.optional(),
    additionalPrice: money.optional(),
    status: optionStatus.optional(),
  })
  .refine((change) => Object.keys(change).length > 0, { message: 'nothing to change' });

/** Stock that came in, or with a negative quantity went out other than by an order. */
export const stockChange = z.strictObject({
  optionId: id.optional(),
  quantity: z
    .int()
    .min(-STOCK_MAX)
    .max(STOCK_MAX)
    .refine((quantity) => quantity !== 0, { message: 'must not be 0' })
    .meta({ not: { const: 0 } }),
  reason: onOneLine(z.string().trim().min(1).max(200)).optional(),
});

/** A movement of stock: by an order, or by somebody who gave a reason or not. */
export const stockMovement = z.object({
  optionId: id,
  at: instant,
  /** Below 0 for what went out. */
  quantity: z.int(),
  orderId: id.optional(),
  /** When what an order had taken came back; it counts no more. */
  releasedAt: instant.optional(),
  actorId: id.optional(),
  reason: z.string().optional(),
});

const exampleProduct = {
  productId,
  name: 'Tea cup',
  price: 12_000,
  stock: 40,
  status: 'SELLABLE' as const,
  options: [{ optionId, name: 'default', price: 12_000, stock: 40 }],
  description: 'Porcelain, 180 ml',
  imageUrl: 'https://example.com/tea-cup.jpg',
  category: 'Kitchen',
  version: 1,
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
};
const exampleOperation = { key: productId, fingerprint: '' };

export const listProducts = request({
  type: 'catalog.list-products',
  service: 'catalog',
  summary:
    'Reads a page of the products on sale, oldest first unless told, with live stock. A page of what is found may ' +
    'have fewer than `limit` where the list goes on.',
  payload: page.extend({
    q: searchText.optional(),
    category: z.string().max(200).optional(),
    minPrice: money.optional(),
    maxPrice: money.optional(),
    inStock: z.boolean().optional(),
    sort: productSort.optional(),
    productIds: z.array(id).max(100).optional(),
  }),
  value: z.object({ products: z.array(product), next: cursor.optional() }),
  refusals: ['VALIDATION_FAILED'],
  example: { payload: { limit: 20 }, value: { products: [exampleProduct] } },
});

export const listAllProducts = request({
  type: 'catalog.list-all-products',
  service: 'catalog',
  summary:
    'Reads a page of products of every status, newest first unless told, with live stock. A page of what is found ' +
    'may have fewer than `limit` where the list goes on.',
  payload: page.extend({
    status: productStatus.optional(),
    q: searchText.optional(),
    stockBelow: stockCount.optional(),
    sort: productSort.optional(),
  }),
  value: z.object({ products: z.array(product), next: cursor.optional() }),
  refusals: ['VALIDATION_FAILED'],
  example: { payload: { limit: 20, stockBelow: 50 }, value: { products: [exampleProduct] } },
});

export const listMovements = request({
  type: 'catalog.list-movements',
  service: 'catalog',
  summary: 'Reads a page of the movements of stock of a product, newest first.',
  payload: page.extend({ productId: id }),
  value: z.object({ movements: z.array(stockMovement), next: cursor.optional() }),
  refusals: ['PRODUCT_NOT_FOUND', 'VALIDATION_FAILED'],
  example: {
    payload: { productId, limit: 20 },
    value: {
      movements: [
        { optionId, at: '2026-01-01T00:00:00.000Z', quantity: 10, actorId: adminId, reason: 'Delivery 7' },
      ],
    },
  },
});

export const readProducts = request({
  type: 'catalog.read-products',
  service: 'catalog',
  summary:
    'Reads products by id whatever their status, in the order asked for; unknown ones are left out. With ' +
    '`optionIds` of each product only the first two options are told of, and those named.',
  payload: z.object({
    productIds: z.array(id).min(1).max(100),
    optionIds: z.array(id).max(LINES_MAX).optional(),
  }),
  value: z.object({ products: z.array(product) }),
  refusals: [],
  example: { payload: { productIds: [productId] }, value: { products: [exampleProduct] } },
});

export const createProduct = request({
  type: 'catalog.create-product',
  service: 'catalog',
  summary: 'Makes a product with its options.',
  payload: z.object({ operation, draft: productDraft, actorId }),
  value: product,
  refusals: ['VALIDATION_FAILED', 'IDEMPOTENCY_KEY_REUSED'],
  example: {
    payload: {
      operation: exampleOperation,
      draft: { name: 'Tea cup', price: 12_000, stock: 40 },
      actorId: adminId,
    },
    value: exampleProduct,
  },
});

export const changeProduct = request({
  type: 'catalog.change-product',
  service: 'catalog',
  summary: 'Changes name, price, status or texts of a product.',
  payload: z.object({ operation, productId: id, change: productChange, versions, actorId }),
  value: product.extend({
    before: product
      .pick({ name: true, price: true, status: true, description: true, imageUrl: true, category: true })
      .optional()
      .describe('As it was until then.'),
  }),
  refusals: ['PRODUCT_NOT_FOUND', 'VERSION_CHANGED', 'VALIDATION_FAILED', 'IDEMPOTENCY_KEY_REUSED'],
  example: {
    payload: { operation: exampleOperation, productId, change: { price: 12_000 }, actorId: adminId },
    value: { ...exampleProduct, before: { name: 'Tea cup', price: 11_000, status: 'SELLABLE' } },
  },
});

const optionRefusals = [
  'PRODUCT_NOT_FOUND',
  'VERSION_CHANGED',
  'VALIDATION_FAILED',
  'IDEMPOTENCY_KEY_REUSED',
] as const;

export const addOption = request({
  type: 'catalog.add-option',
  service: 'catalog',
  summary: 'Adds an option to a product, as its last one.',
  payload: z.object({ operation, productId: id, draft: optionDraft, versions, actorId }),
  value: product.extend({ optionId: id }),
  refusals: optionRefusals,
  example: {
    payload: {
      operation: exampleOperation,
      productId,
      draft: { name: 'Large', additionalPrice: 2_000, stock: 10 },
      actorId: adminId,
    },
    value: { ...exampleProduct, optionId },
  },
});

export const changeOption = request({
  type: 'catalog.change-option',
  service: 'catalog',
  summary:
    'Changes name, surcharge or status of an option. A suspended one is not sold and not shown; one stays on sale.',
  payload: z.object({ operation, productId: id, optionId: id, change: optionChange, versions, actorId }),
  value: product.extend({
    before: z
      .object({ name: z.string(), additionalPrice: money, status: optionStatus })
      .optional()
      .describe('As it was until then.'),
  }),
  refusals: [...optionRefusals, 'OPTION_NOT_FOUND'],
  example: {
    payload: {
      operation: exampleOperation,
      productId,
      optionId,
      change: { additionalPrice: 2_000 },
      actorId: adminId,
    },
    value: {
      ...exampleProduct,
      before: { name: 'Large', additionalPrice: 1_000, status: 'SELLABLE' },
    },
  },
});

export const restock = request({
  type: 'catalog.restock',
  service: 'catalog',
  summary: "Adds to an option's stock; a negative quantity takes away, never below 0.",
  payload: z.object({ operation, productId: id, change: stockChange, versions, actorId }),
  value: z.object({ optionId: id, stock: stockLeft }),
  refusals: [
    'PRODUCT_NOT_FOUND',
    'OPTION_NOT_FOUND',
    'OPTION_REQUIRED',
    'OUT_OF_STOCK',
    'VERSION_CHANGED',
    'VALIDATION_FAILED',
    'IDEMPOTENCY_KEY_REUSED',
  ],
  example: {
    payload: { operation: exampleOperation, productId, change: { quantity: 10 }, actorId: adminId },
    value: { optionId, stock: 50 },
  },
});

export const reserveStock = command({
  type: 'catalog.reserve-stock',
  service: 'catalog',
  summary:
    'Holds stock for all lines of an order or for none, and tells the prices of the moment. With `terms`, an order ' +
    'that will not come to its end by them is refused before anything is held. With `charged`, of an order that was ' +
    'sold, it is held at the prices of that moment, on sale or not.',
  payload: z.object({
    orderId: id,
    items: orderLines,
    terms: orderTerms.optional(),
    charged: z
      .array(reservedLine.pick({ optionId: true, price: true }))
      .max(LINES_MAX)
      .optional(),
  }),
  value: z.object({ items: z.array(reservedLine).min(1), subtotal: money }),
  refusals: [
    'PRODUCT_NOT_FOUND',
    'OPTION_NOT_FOUND',
    'OPTION_REQUIRED',
    'PRODUCT_NOT_SELLABLE',
    'OUT_OF_STOCK',
    'VALIDATION_FAILED',
    'COUPON_NOT_USABLE',
    'PRICE_CHANGED',
    'INSUFFICIENT_BALANCE',
    'ORDER_TIMED_OUT',
  ],
  example: {
    payload: { orderId, items: [{ productId, optionId, quantity: 2 }], terms: { payable: 50_000 } },
    value: {
      items: [{ productId, optionId, name: 'Tea cup', category: 'Kitchen', price: 12_000, quantity: 2 }],
      subtotal: 24_000,
    },
  },
});

export const releaseStock = command({
  type: 'catalog.release-stock',
  service: 'catalog',
  summary: 'Undoes a reservation: puts back what this order holds, and bars a late reservation.',
  payload: z.object({ orderId: id, items: orderLines }),
  value: z.object({ released: z.boolean() }),
  refusals: [],
  undoes: reserveStock,
  example: {
    payload: { orderId, items: [{ productId, optionId, quantity: 2 }] },
    value: { released: true },
  },
});

export type Product = z.infer<typeof product>;
export type ProductDraft = z.infer<typeof productDraft>;
export type ProductChange = z.infer<typeof productChange>;
export type ProductStatus = z.infer<typeof productStatus>;
export type StockMovement = z.infer<typeof stockMovement>;
export type ProductSort = z.infer<typeof productSort>;
export type OptionStatus = z.infer<typeof optionStatus>;
export type OptionDraft = z.infer<typeof optionDraft>;
export type OptionChange = z.infer<typeof optionChange>;
export type StockChange = z.infer<typeof stockChange>;
export type OrderTerms = z.infer<typeof orderTerms>;
export type OrderLine = z.infer<typeof orderLine>;
export type ReservedLine = z.infer<typeof reservedLine>;
