import {
  ChartColumn,
  Gauge,
  Hourglass,
  MailWarning,
  Package,
  Scale,
  ScrollText,
  ShoppingCart,
  Ticket,
  Users,
  Webhook,
  type LucideIcon,
} from 'lucide-react';
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
    id: 'overview',
    path: '/',
    icon: Gauge,
    letter: 'h',
    screen: lazy(() => import('../screens/overview/Overview.js')),
  },
  {
    id: 'sales',
    path: '/sales',
    icon: ChartColumn,
    letter: 'a',
    screen: lazy(() => import('../screens/sales/Sales.js')),
  },
  {
    id: 'orders',
    path: '/orders',
    icon: ShoppingCart,
    letter: 'o',
    screen: lazy(() => import('../screens/orders/Orders.js')),
  },
  {
    id: 'failed',
    path: '/failed',
    icon: MailWarning,
    letter: 'm',
    screen: lazy(() => import('../screens/failed/Failed.js')),
  },
  {
    id: 'stuck',
    path: '/stuck',
    icon: Hourglass,
    letter: 's',
    screen: lazy(() => import('../screens/stuck/Stuck.js')),
  },
  {
    id: 'products',
    path: '/products',
    icon: Package,
    letter: 'p',
    screen: lazy(() => import('../screens/products/Products.js')),
  },
  {
    id: 'coupons',
    path: '/coupons',
    icon: Ticket,
    letter: 'c',
    screen: lazy(() => import('../screens/coupons/Coupons.js')),
  },
  {
    id: 'customers',
    path: '/customers',
    icon: Users,
    letter: 'u',
    screen: lazy(() => import('../screens/customers/Customers.js')),
  },
  {
    id: 'books',
    path: '/books',
    icon: Scale,
    letter: 'b',
    screen: lazy(() => import('../screens/books/Books.js')),
  },
  {
    id: 'webhooks',
    path: '/webhooks',
    icon: Webhook,
    letter: 'w',
    screen: lazy(() => import('../screens/webhooks/Webhooks.js')),
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
  { path: '/coupons/:couponId', screen: lazy(() => import('../screens/coupons/Coupon.js')) },
  { path: '/coupons/:couponId/race', screen: lazy(() => import('../screens/race/Race.js')) },
  { path: '/customers/:userId', screen: lazy(() => import('../screens/customers/Customer.js')) },
  { path: '/webhooks/:webhookId', screen: lazy(() => import('../screens/webhooks/Webhook.js')) },
];

/** Pages for everybody, without a login and without what is around the others. */
export const PUBLIC: typeof INNER = [
  { path: '/race/:couponId', screen: lazy(() => import('../screens/race/Spectator.js')) },
];
