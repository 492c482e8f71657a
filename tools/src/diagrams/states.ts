import {
  changeCoupon,
  changeOption,
  changeProduct,
  chargeWallet,
  createCoupon,
  createProduct,
  couponStatus,
  optionStatus,
  productStatus,
  takeBackCoupon,
  useCoupon,
} from '@jangteo/contracts';
import * as catalog from '@jangteo/catalog/domain';
import * as coupons from '@jangteo/coupon/domain';
import { afterFailure, REQUESTED_STATUSES, STOP_REASONS } from '@jangteo/gateway/domain';
import {
  decideHolds,
  decideSettlements,
  type Charge,
  type Verdict,
  type Wallet,
} from '@jangteo/wallet/domain';
import { TERMS } from './charge-terms.js';
import { titled } from './markdown.js';
import { orderTries, sagaTable, sagaTries } from './saga-states.js';
import { explored, stateDiagram, type Tried, type Try } from './state-diagram.js';

const NOW = new Date(0);
const LATER = new Date(1);
const newId = (): string => 'id';
const CONTEXT = { now: NOW, newId };

/** What is said of each verdict; the compiler says where one is missing. */
const VERDICTS: Record<Verdict['kind'], string> = {
  paid: 'provider takes it',
  declined: 'provider declines it',
  unknown: 'provider does not say, and is asked again',
  late: 'who waits is told PENDING',
};

interface HeldCharge {
  readonly wallets: readonly Wallet[];
  readonly charges: readonly Charge[];
}

function settle(held: HeldCharge, kind: Verdict['kind']): Try<HeldCharge> {
  const { chargeId, userId } = chargeWallet.example.payload;
  const retries = { retryMs: 1, retryMsMax: 1 };
  const { changes } = decideSettlements(held, [{ chargeId, userId, kind }], retries, newId);
  const charges = changes.charges.map(({ charge }) => charge);
  if (charges.length === 0) return { by: VERDICTS[kind], after: held };
  const wallets = changes.wallets.length > 0 ? changes.wallets : held.wallets;
  return { by: VERDICTS[kind], isLoop: true, after: { wallets, charges } };
}

function chargeDiagram(): string {
  const requests = [{ payload: chargeWallet.example.payload, waiter: undefined }];
  const { changes } = decideHolds({ wallets: [], pending: [] }, requests, TERMS, newId);
  const statusOf = ({ charges }: HeldCharge): string => charges[0]?.status ?? '';
  const kinds = Object.keys(VERDICTS) as Verdict['kind'][];
  const tries = explored<HeldCharge>([changes], (held) => kinds.map((kind) => settle(held, kind)), statusOf);
  return stateDiagram(tries, { [statusOf(changes)]: 'asked for' });
}

/** Every status into every other one, as far as the decision lets it. */
function changed<S extends string>(
  statuses: readonly S[],
  after: (from: S, to: S) => S | undefined,
  more: Pick<Tried, 'when'> = {},
): Tried[] {
  return statuses.flatMap((from) =>
    statuses.map((to) => ({ from, to: after(from, to) ?? from, by: `set to ${to}`, ...more })),
  );
}

function couponDiagram(): string {
  const { changes: made } = coupons.decideCreations([createCoupon.example.payload], CONTEXT);
  const [coupon] = made;
  if (coupon === undefined) throw new Error("the contract's example makes no coupon");
  const tries = changed(couponStatus.options, (from, status) => {
    const request = { ...changeCoupon.example.payload, couponId: coupon.couponId, status };
    return coupons.decideChanges([{ ...coupon, status: from }], [request]).changes[0]?.status;
  });
  return stateDiagram(tries, { [coupon.status]: 'created' }, 'LR');
}

type Held = coupons.UsableCoupon & coupons.HeldCoupon & { readonly isLate: boolean };

const { orderId, userId, userCouponId } = useCoupon.example.payload;

const FRESH: Held = {
  userCouponId,
  userId,
  couponId: changeCoupon.example.payload.couponId,
  issuedAt: NOW,
  expiresAt: LATER,
  orderId: null,
  takenBackAt: null,
  discountType: 'FIXED',
  discountValue: 1,
  maxDiscount: null,
  minOrderAmount: null,
  isLate: false,
};

function nowOf({ isLate }: Held): Date {
  return isLate ? LATER : NOW;
}

/** As lists name it, by the facts that decisions go by. */
function statusOf(held: Held): string {
  if (held.orderId !== null) return 'USED';
  const [seen] = coupons.lookAt([{ ...held, now: nowOf(held) }], [{ userId, userCouponId }]);
  return seen?.usable === true ? 'ISSUED' : 'EXPIRED';
}

function triesOf(held: Held): Try<Held>[] {
  const state = { rows: [held], now: nowOf(held) };
  const used = held.orderId === null ? [] : [{ orderId: held.orderId, userCouponId }];
  const [use] = coupons.decideUses(state, [useCoupon.example.payload]).changes;
  const [release] = coupons.decideReleases({ ...state, rows: used }, [useCoupon.example.payload]).changes;
  const takeBack = { ...takeBackCoupon.example.payload, userCouponId };
  const [takenBack] = coupons.decideTakingBack(state, [takeBack]).changes;
  const when = held.isLate || held.takenBackAt !== null ? 'its time is over' : 'in time';
  return [
    { by: 'UseCoupon', after: use === undefined ? held : { ...held, orderId } },
    { by: 'ReleaseCoupon', when, after: release === undefined ? held : { ...held, orderId: null } },
    { by: 'taken back by staff', after: { ...held, ...takenBack } },
    { by: 'expires', after: { ...held, isLate: true } },
  ];
}

function productDiagrams(): string[] {
  const draft = { name: 'Cup', price: 1, options: ['M', 'L'].map((name) => ({ name, stock: 1 })) };
  const made = catalog.decideCreations([{ ...createProduct.example.payload, draft }], CONTEXT).changes;
  const texts = { description: null, imageUrl: null, category: null, actorId: undefined };
  const options = made.options.map((option, place): catalog.ChangingOption => {
    return {
      ...option,
      ...texts,
      optionId: String(place),
      version: 1,
      createdAt: NOW,
      updatedAt: NOW,
      now: NOW,
    };
  });
  const product = changed(productStatus.options, (from, status) => {
    const request = {
      ...changeProduct.example.payload,
      productId: newId(),
      versions: undefined,
      change: { status },
    };
    const before = options.map((option) => ({ ...option, status: from }));
    return catalog.decideChanges(before, [request]).changes[0]?.status;
  });
  const optionWhere = (other: (typeof optionStatus.options)[number], when: string) =>
    changed(
      optionStatus.options,
      (from, status) => {
        const target = { productId: newId(), optionId: '0', versions: undefined, change: { status } };
        const before = options.map((option, place) => ({
          ...option,
          optionStatus: place === 0 ? from : other,
        }));
        const request = { ...changeOption.example.payload, ...target };
        return catalog.decideOptionChanges(before, [request]).changes.options[0]?.optionStatus;
      },
      { when },
    );
  const option = [
    ...optionWhere('SELLABLE', 'another option is on sale'),
    ...optionWhere('SUSPENDED', 'no other option is on sale'),
  ];
  return [
    '## Product',
    'Staff may set any status at any time.',
    stateDiagram(product, { [made.products[0]?.status ?? '']: 'created' }, 'LR'),
    '## Option',
    'A product keeps one option on sale.',
    stateDiagram(option, { [made.options[0]?.optionStatus ?? '']: 'added' }, 'LR'),
  ];
}

function webhookDiagram(): string {
  const ways = [{}, { status: 410 }].flatMap((attempt) =>
    [0, Number.MAX_SAFE_INTEGER].map((failingMs) => {
      return afterFailure({ failures: 1, failingMs }, attempt, { retryMs: 1, chance: 0 });
    }),
  );
  const failed = ways.map((after): Tried => {
    const by = after.status === 'ACTIVE' ? 'a try failed, another follows after a pause' : after.reason;
    return { from: 'ACTIVE', to: after.status, by, isLoop: true };
  });
  const states = new Set(failed.map(({ to }) => to));
  const asked = REQUESTED_STATUSES.flatMap((to) =>
    [...states].map((from): Tried => ({ from, to, by: to === 'ACTIVE' ? 'goes on' : STOP_REASONS[0] })),
  );
  return stateDiagram([...failed, ...asked], { ACTIVE: 'made' });
}

const INTRODUCTION = `Each is made by trying every input in every state that is reached, with the functions that decide in the services. What
leaves a state as it is, is not drawn; where it does something else, a note says what. In brackets: the cases in which the arrow is
taken, where others lead elsewhere.`;

/** The page of all states. */
export function statesPage(): string {
  const userCoupon = explored([FRESH], triesOf, statusOf);
  return titled('States', INTRODUCTION, [
    '## Saga',
    'The work on one order. An undo is owed from the moment that its action is sent, so a step that was not answered is undone with those before it.',
    stateDiagram(sagaTries(), { [sagaTries()[0]?.from ?? '']: 'placed' }),
    'The whole table, with the name of the rule in each cell; those that wait for an answer of a participant share the first row (`services/order/src/domain/transitions.ts`):',
    sagaTable(),
    '## Order',
    'What its customer sees, by the state of the saga that leads there.',
    stateDiagram(orderTries(), { [orderTries()[0]?.from ?? '']: 'placed' }, 'LR'),
    '## Charge',
    'Its amount is held in the wallet while it is pending.',
    chargeDiagram(),
    '## Coupon',
    'Suspended, it is not issued; what users hold stays usable. Sold out is no status: it follows from the quantities.',
    couponDiagram(),
    "## User's coupon",
    'Its status is never stored: it follows from the order that uses it, and from the time.',
    stateDiagram(userCoupon, { [statusOf(FRESH)]: 'issued' }, 'LR'),
    ...productDiagrams(),
    '## Webhook',
    `Why it stopped is stored beside it: ${STOP_REASONS.map((reason) => `\`${reason}\``).join(', ')}. The last one is told where records that it had not been told yet are deleted.`,
    webhookDiagram(),
  ]);
}
