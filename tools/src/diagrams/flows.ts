import {
  chargeWallet,
  createCoupon,
  done,
  issueCoupon,
  REFUSALS,
  type Outcome,
  type PayloadOf,
  type RefusalCode,
} from '@jangteo/contracts';
import { decideCreations, decideIssues, type Coupon, type IssueState } from '@jangteo/coupon/domain';
import {
  decideHolds,
  decideRepeats,
  decideSettlements,
  type Charge,
  type ChargeRequest,
  type ChargeTerms,
  type Verdict,
} from '@jangteo/wallet/domain';
import { TERMS } from './charge-terms.js';
import { chain, checksOf, type Check, type Fault } from './checks.js';
import { block, titled } from './markdown.js';
import { statusLine } from './sequence.js';

const newId = (): string => 'id';
const NOW = new Date(1_000);
const BEFORE = new Date(500);
const AFTER = new Date(2_000);

const statusOf = (code: string): string => `${REFUSALS[code as RefusalCode].status} ${code}`;
/** The checks, with the HTTP status of each refusal. */
function refusedWith(checks: readonly Check[]): Check[] {
  return checks.map((check) => ({ ...check, code: statusOf(check.code) }));
}

const REFUSED = 'classDef refused stroke:#b44d12,color:#b44d12,fill:#fff';
const DONE = 'classDef done stroke:#1f6f54,color:#1f6f54,fill:#fff';

interface AskedCharge {
  readonly payload: PayloadOf<typeof chargeWallet>;
  readonly terms: ChargeTerms;
  readonly balance: number;
}

const { userId } = chargeWallet.example.payload;

function hold({ payload, terms, balance }: AskedCharge, waiter?: ChargeRequest['waiter']) {
  const wallets = [{ userId, balance, held: 0, movements: 0 }];
  return decideHolds({ wallets, pending: [] }, [{ payload, waiter }], terms, newId);
}

const payloadWith =
  (more: Partial<AskedCharge['payload']>) =>
  (asked: AskedCharge): AskedCharge => ({ ...asked, payload: { ...asked.payload, ...more } });

const { amount, paymentMethod } = chargeWallet.example.payload;

const CHARGE_FAULTS: readonly Fault<AskedCharge>[] = [
  { question: 'more than a charge may be?', right: payloadWith({ amount }) },
  { question: 'no means of payment named, and none is usual?', right: payloadWith({ paymentMethod }) },
  {
    question: 'would balance and open charges pass the largest balance?',
    right: (asked) => ({ ...asked, balance: 0 }),
  },
];

const ALL_WRONG_CHARGE: AskedCharge = {
  payload: { ...chargeWallet.example.payload, amount: TERMS.chargeMax + 1, paymentMethod: undefined },
  terms: { ...TERMS, defaultPaymentMethod: undefined },
  balance: TERMS.balanceMax,
};

/** What a verdict leads to; a charge that stays open is asked about again. */
function settled(kind: Verdict['kind']): string[] {
  const { chargeId } = chargeWallet.example.payload;
  const waiter = { replyTo: 'gateway', correlationId: '1' };
  const { changes } = hold({ payload: chargeWallet.example.payload, terms: TERMS, balance: 0 }, waiter);
  const retries = { retryMs: 1, retryMsMax: 1 };
  const result = decideSettlements(changes, [{ chargeId, userId, kind }], retries, newId);
  const outcome = result.answers[0]!.outcome;
  const { status } = result.changes.charges[0]!.charge;
  const rows = result.changes.movements.map(({ type }) => `<br>ledger: ${type}`).join('');
  return [
    `ask -- "${KINDS[kind]}" --> ${kind}["charge ${status}${rows}<br>answer: ${statusLine(200, outcome)}"]:::${outcome.ok ? 'done' : 'refused'}`,
    ...(status === 'PENDING' ? [`${kind} -.-> ask`] : []),
  ];
}

const KINDS: Record<Verdict['kind'], string> = {
  paid: 'taken',
  declined: 'declined',
  unknown: 'does not say',
  late: 'not in time for who waits',
};

/** What a repeat of a charge is answered, by how far the first one is. */
function repeated(): string[] {
  const waiter = { replyTo: 'gateway', correlationId: '2' };
  const { changes } = hold({ payload: chargeWallet.example.payload, terms: TERMS, balance: 0 });
  const [charge] = changes.charges;
  const { chargeId } = chargeWallet.example.payload;
  const ways: readonly (readonly [string, Partial<Charge>])[] = [
    ['it has an answer', { answer: done({ chargeId, status: 'PENDING' }) }],
    ['it has none yet', {}],
    ['too many wait for it', { waiters: [{ replyTo: 'gateway', correlationId: '1' }] }],
  ];
  return ways.map(([when, more], index) => {
    const waitersMax = 1;
    const { answers } = decideRepeats([{ ...charge!, ...more }], [{ chargeId, waiter }], waitersMax);
    const [answer] = answers;
    const told =
      answer === undefined
        ? 'waits for it too'
        : answer.ok
          ? 'that answer, word for word'
          : statusOf(answer.refusal.code);
    return `known -- "${when}" --> known${index}["${told}"]${answer?.ok === false ? ':::refused' : ':::done'}`;
  });
}

/** The flowchart of a charge. */
export function chargeFlow(): string {
  const checks = checksOf(ALL_WRONG_CHARGE, CHARGE_FAULTS, (asked) => hold(asked).outcomes[0]!);
  const kinds = Object.keys(KINDS) as Verdict['kind'][];
  const verdicts = kinds.flatMap((kind) => settled(kind));
  return block('flowchart TD', [
    'start(["POST /balance/charge"]) --> key{{"asked before, under this key?"}}',
    'key -- yes --> known{{"how far is the first one?"}}',
    ...repeated(),
    'key -- no --> check(["the wallet is locked"])',
    ...chain(refusedWith(checks), 'check', 'hold'),
    'hold["charge PENDING, amount held<br>committed"] --> ask{{"payment provider"}}',
    ...verdicts,
    REFUSED,
    DONE,
  ]);
}

interface AskedIssue {
  readonly coupon: Coupon | undefined;
  readonly isHeld: boolean;
  readonly account: PayloadOf<typeof issueCoupon>['account'];
}

function issue({ coupon, isHeld, account }: AskedIssue): Outcome {
  const payload = { ...issueCoupon.example.payload, account, couponId: newId() };
  const state: IssueState = {
    coupons: coupon === undefined ? [] : [coupon],
    holdings: isHeld ? [payload] : [],
  };
  return decideIssues(state, [payload], { now: NOW, newId }).outcomes[0]!;
}

/** The coupon of the contract's example, with which nothing is wrong. */
const [COUPON] = decideCreations([createCoupon.example.payload], { now: BEFORE, newId }).changes;

const couponWith =
  (more: Partial<Coupon>) =>
  (asked: AskedIssue): AskedIssue =>
    asked.coupon === undefined ? asked : { ...asked, coupon: { ...asked.coupon, ...more } };

const ALL_WRONG: Coupon = {
  ...COUPON!,
  status: 'SUSPENDED',
  issueStartsAt: AFTER,
  issueEndsAt: BEFORE,
  usableUntil: BEFORE,
  accountAgeMinutes: 1,
  needsChargedWallet: true,
  issuedQuantity: COUPON!.totalQuantity,
};

const OLD_ENOUGH = new Date(0 - 60_000).toISOString();

const ISSUE_FAULTS: readonly Fault<AskedIssue>[] = [
  { question: 'no such coupon?', right: (asked) => ({ ...asked, coupon: asked.coupon ?? ALL_WRONG }) },
  { question: 'has the user got one?', right: (asked) => ({ ...asked, isHeld: false }) },
  { question: 'suspended?', right: couponWith({ status: 'ISSUABLE' }) },
  { question: 'before its issue starts?', right: couponWith({ issueStartsAt: null }) },
  { question: 'after its issue ended?', right: couponWith({ issueEndsAt: null }) },
  { question: 'after its use ended?', right: couponWith({ usableUntil: null }) },
  {
    question: 'account too young, or its wallet never charged, where the coupon demands it?',
    right: (asked) => ({ ...asked, account: { createdAt: OLD_ENOUGH, hasCharged: true } }),
  },
  { question: 'all of them issued?', right: couponWith({ issuedQuantity: 0 }) },
];

/** The flowchart of a coupon's issue. */
export function issueFlow(): string {
  const checks = checksOf({ coupon: undefined, isHeld: true, account: undefined }, ISSUE_FAULTS, issue);
  const eligible = checks.findIndex(({ code }) => code === 'COUPON_NOT_ELIGIBLE') + 1;
  return block('flowchart TD', [
    'start(["POST /coupons/{couponId}/issue"]) --> key{{"asked before, under this key?"}}',
    'key -- yes --> known["the first answer, word for word"]:::done',
    'key -- no --> check(["the coupon\'s row is locked: first come, first served"])',
    ...chain(refusedWith(checks), 'check', 'issued'),
    `check${eligible}r -. "the wallet was not asked yet: the gateway asks it, and again with its answer" .-> check`,
    'issued["the next place is its user\'s, one more is issued<br>answer: 201"]:::done',
    REFUSED,
    DONE,
  ]);
}

const INTRODUCTION = `Each chain of questions is found by asking the function that decides: with everything wrong it refuses for the first
reason, with that put right for the next, and so on. So the order of the questions is that of the code, and a
new one has no place here until it has a name.`;

/** The page of flowcharts. */
export function flowsPage(): string {
  return titled('Flowcharts', INTRODUCTION, [
    '## Charge',
    'A payment is asked for outside of any transaction, and only when its amount is sure to fit. What the provider says, whenever it says it, settles the charge once. Dashed: while it does not say, it is asked again.',
    chargeFlow(),
    '## Issue of a coupon',
    'Requests for one coupon are decided one after the other under the lock of its row, a whole batch at a time.',
    issueFlow(),
  ]);
}
