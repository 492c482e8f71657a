import type { ServiceName } from '@jangteo/client';

/** What an order's saga sends to which service, by the name of the step or of its undo. */
export const COMMANDS = {
  ReserveStock: { service: 'catalog', type: 'catalog.reserve-stock' },
  ReleaseStock: { service: 'catalog', type: 'catalog.release-stock' },
  UseCoupon: { service: 'coupon', type: 'coupon.use' },
  ReleaseCoupon: { service: 'coupon', type: 'coupon.release' },
  DebitWallet: { service: 'wallet', type: 'wallet.debit' },
  RefundWallet: { service: 'wallet', type: 'wallet.refund' },
} as const satisfies Record<string, { readonly service: ServiceName; readonly type: string }>;

export type CommandName = keyof typeof COMMANDS;

/** The service that a command goes to; undefined of one of a later release. */
export const serviceOfCommand = (name: string): (typeof COMMANDS)[CommandName]['service'] | undefined =>
  Object.hasOwn(COMMANDS, name) ? COMMANDS[name as CommandName].service : undefined;

/** The name of a command by the type of its messages. */
export const commandOfType = (type: string): CommandName | undefined =>
  (Object.keys(COMMANDS) as CommandName[]).find((name) => COMMANDS[name].type === type);
