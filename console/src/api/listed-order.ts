import type { Jangteo, ListedOrder, OrderTimeline } from '@jangteo/client';

/** Finds the order in everybody's list: whoever runs the shop may read that, and others' orders by their id not. */
export async function listed(
  api: Jangteo,
  { orderId, placed }: OrderTimeline,
  signal: AbortSignal,
): Promise<ListedOrder | null> {
  const to = new Date(Date.parse(placed.at) + 1).toISOString();
  const { items } = await api.admin.orders({ from: placed.at, to, limit: 100 }, { signal }).page();
  return items.find((order) => order.orderId === orderId) ?? null;
}
