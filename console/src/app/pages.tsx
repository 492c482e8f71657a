import { Package, ScrollText, ShoppingCart, Users, type LucideIcon } from 'lucide-react';
import { lazy, type ComponentType } from 'react';
import type { Words } from '../words/index.js';

/** A page in the rail. */
export interface RailPage {
  readonly id: keyof Words['pages'];
  readonly path: string;
  readonly icon: LucideIcon;
  /** `g` and this letter go there. */
  readonly letter: string;
  readonly screen: ComponentType;
}

export const RAIL: readonly RailPage[] = [
  {
    id: 'orders',
    path: '/orders',
    icon: ShoppingCart,
    letter: 'o',
    screen: lazy(() => import('../screens/orders/Orders.js')),
  },
  {
    id: 'products',
    path: '/products',
    icon: Package,
    letter: 'p',
    screen: lazy(() => import('../screens/products/Products.js')),
  },
  {
    id: 'customers',
    path: '/customers',
    icon: Users,
    letter: 'u',
    screen: lazy(() => import('../screens/customers/Customers.js')),
  },
  {
    id: 'log',
    path: '/log',
    icon: ScrollText,
    letter: 'l',
    screen: lazy(() => import('../screens/log/Log.js')),
  },
];

/** Pages of one thing, which a list or a search leads to. */
export const INNER: readonly { readonly path: string; readonly screen: ComponentType }[] = [
  { path: '/orders/:orderId', screen: lazy(() => import('../screens/timeline/TimelineScreen.js')) },
  { path: '/products/:productId', screen: lazy(() => import('../screens/products/Product.js')) },
  { path: '/customers/:userId', screen: lazy(() => import('../screens/customers/Customer.js')) },
];

/** The page that shows a thing, by its kind as the API's `find` has it; undefined for what has none. */
export function pageOf(kind: string, id: string): string | undefined {
  const paths: Readonly<Record<string, string>> = {
    order: `/orders/${id}`,
    user: `/customers/${id}`,
    product: `/products/${id}`,
    coupon: `/coupons/${id}`,
    deadLetter: `/failed?letter=${id}`,
    operation: `/failed?operation=${id}`,
    audit: `/books?audit=${id}`,
    logEntry: `/log?entry=${id}`,
  };
  return paths[kind];
}
