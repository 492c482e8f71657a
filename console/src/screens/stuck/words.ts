const orders = (count: number): string => (count === 1 ? '1 order' : `${count} orders`);

const en = {
  caption: 'Orders without progress, the oldest first',
  columns: {
    order: 'Order',
    awaits: 'Awaits',
    service: 'Service',
    since: 'Since',
    tries: 'Tries',
    next: 'Next look',
    deadline: 'Deadline',
    reason: 'Reason',
    customer: 'Customer',
    action: 'Action',
    state: 'State',
  },
  olderThan: 'Without progress for',
  seconds: (seconds: number): string => {
    if (seconds === 0) return 'any time (all in flight)';
    if (seconds < 60) return `${seconds} s or more`;
    return seconds < 3_600 ? `${seconds / 60} min or more` : `${seconds / 3_600} h or more`;
  },
  now: {
    none: (inFlight: number, oldest: string): string =>
      inFlight === 0
        ? 'Nothing is stuck, and nothing is in flight.'
        : `Nothing is stuck. ${inFlight} in flight, oldest ${oldest}.`,
    noneOfOldest: (counted: number, oldest: string): string =>
      `None of the oldest ${counted} in flight is stuck, oldest ${oldest}. There may be more.`,
    some: (stuck: string, inFlight: string, oldest: string): string =>
      `${stuck} stuck. ${inFlight} in flight, oldest ${oldest}.`,
    unknown: 'The order service does not answer: what is in flight is not known now.',
    unheard: 'The shop is not heard: what is stuck or in flight is not known now.',
  },
  empty: (filter: string): string => `No order has been without progress for ${filter}.`,
  emptyAll: 'No order is in flight.',
  emptyOfCall: 'None of the orders of this call waits any more.',
  readiness: { ready: 'ready', silent: 'does not answer', unknown: 'not known' },
  broker: 'broker',
  gaveUp: 'past its deadline',
  never: 'none: it is undone to the end',
  goneOn: 'went on',
  waits: 'waits',
  states: {
    RESERVING_STOCK: 'reserving stock',
    USING_COUPON: 'using the coupon',
    DEBITING_WALLET: 'debiting the wallet',
    UNDOING: 'being undone',
    CANCELLING: 'being cancelled',
    SUCCESS: 'succeeded',
    FAILED: 'failed',
    CANCELLED: 'cancelled',
  } as Readonly<Record<string, string>>,
  nudge: (count: number): string => `Nudge ${orders(count)}`,
  nudgeMore: (count: number): string => (count === 0 ? 'Nudge orders' : `Nudge ${count} or more orders`),
  nothing: 'Nothing waits',
  effects: {
    sent: (count: number, what: string, service: string, readiness: string): string =>
      `${count} × ${what} is sent again to ${service} (${readiness}).`,
    confirmed: (count: number, what: string): string => `${count} × the event ${what} is published again.`,
    givenUp: (count: number): string =>
      `${orders(count)} past the deadline ${count === 1 ? 'is' : 'are'} given up, and what was done is undone.`,
    once: 'What is sent again takes effect once, however often it is sent.',
    moment: 'Those are meant that match at that moment: some may have gone on by themselves.',
    silent: (services: string): string => `As long as there is no answer from ${services}, nothing goes on.`,
  },
  call: 'Call',
  ofCall: 'Orders of this call',
  goneElsewhere: (count: number): string =>
    `${orders(count)} of it went on. Which ones is known on the page alone on which they were nudged.`,
  pane: {
    open: 'Open the timeline',
    sent: 'Last sent',
    owes: 'Events not confirmed',
    nudged: 'Last nudged',
    nudgedBy: 'By',
    detail: 'Why',
  },
};

const ko: typeof en = {
  caption: '진행이 없는 주문, 오래된 것부터',
  columns: {
    order: '주문',
    awaits: '기다리는 것',
    service: '서비스',
    since: '대기 시작',
    tries: '시도',
    next: '다음 확인',
    deadline: '기한',
    reason: '이유',
    customer: '고객',
    action: '작업',
    state: '상태',
  },
  olderThan: '진행이 없는 시간',
  seconds: (seconds) => {
    if (seconds === 0) return '제한 없음(처리 중 전체)';
    if (seconds < 60) return `${seconds}초 이상`;
    return seconds < 3_600 ? `${seconds / 60}분 이상` : `${seconds / 3_600}시간 이상`;
  },
  now: {
    none: (inFlight, oldest) =>
      inFlight === 0
        ? '멈춘 주문도 처리 중인 주문도 없습니다.'
        : `멈춘 주문이 없습니다. 처리 중 ${inFlight}건, 가장 오래된 것 ${oldest}.`,
    noneOfOldest: (counted, oldest) =>
      `처리 중인 주문 중 가장 오래된 ${counted}건에는 멈춘 것이 없습니다. 가장 오래된 것 ${oldest}. 더 있을 수 있습니다.`,
    some: (stuck, inFlight, oldest) =>
      `멈춘 주문 ${stuck}건. 처리 중 ${inFlight}건, 가장 오래된 것 ${oldest}.`,
    unknown: '주문 서비스가 응답하지 않아 처리 중인 주문을 지금은 알 수 없습니다.',
    unheard: '연결이 끊겨 멈춘 주문과 처리 중인 주문을 지금은 알 수 없습니다.',
  },
  empty: (filter) => `진행이 없는 주문이 없습니다(${filter}).`,
  emptyAll: '처리 중인 주문이 없습니다.',
  emptyOfCall: '이 호출의 주문 중 아직 기다리는 것이 없습니다.',
  readiness: { ready: '준비됨', silent: '응답 없음', unknown: '알 수 없음' },
  broker: '브로커',
  gaveUp: '기한 지남',
  never: '없음: 끝까지 되돌립니다',
  goneOn: '진행됨',
  waits: '대기 중',
  states: {
    RESERVING_STOCK: '재고 예약 중',
    USING_COUPON: '쿠폰 사용 중',
    DEBITING_WALLET: '결제 중',
    UNDOING: '되돌리는 중',
    CANCELLING: '취소하는 중',
    SUCCESS: '성공',
    FAILED: '실패',
    CANCELLED: '취소됨',
  },
  nudge: (count) => `주문 ${count}건 재촉`,
  nudgeMore: (count) => (count === 0 ? '주문 재촉' : `주문 ${count}건 이상 재촉`),
  nothing: '대기 중인 주문이 없습니다',
  effects: {
    sent: (count, what, service, readiness) =>
      `${service}(${readiness}) 서비스에 ${what} ${count}건을 다시 보냅니다.`,
    confirmed: (count, what) => `이벤트 ${what} ${count}건을 다시 발행합니다.`,
    givenUp: (count) => `기한이 지난 주문 ${count}건을 포기하고, 한 일을 되돌립니다.`,
    once: '몇 번을 보내도 한 번만 반영됩니다.',
    moment: '그 순간에 해당하는 주문이 대상입니다. 그동안 스스로 진행된 것이 있을 수 있습니다.',
    silent: (services) => `응답 없는 서비스(${services})가 응답할 때까지는 진행되지 않습니다.`,
  },
  call: '호출',
  ofCall: '이 호출의 주문',
  goneElsewhere: (count) =>
    `이 중 ${count}건이 진행되었습니다. 어떤 주문인지는 재촉한 화면에서만 알 수 있습니다.`,
  pane: {
    open: '타임라인 열기',
    sent: '마지막 전송',
    owes: '확인되지 않은 이벤트',
    nudged: '마지막 재촉',
    nudgedBy: '재촉한 사람',
    detail: '이유',
  },
};

export const words = { en, ko };
export type StuckWords = typeof en;
