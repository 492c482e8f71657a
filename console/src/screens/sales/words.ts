import type { Measure, Origin, Sum } from './figures.js';
import type { Last, Period } from './view.js';

const en = {
  range: 'Time',
  lasts: { '24h': '24 hours', '7d': '7 days', '30d': '30 days', '90d': '90 days' } satisfies Record<
    Last,
    string
  > as Record<Last, string>,
  by: 'Added up',
  periods: { hour: 'By the hour', day: 'By the day' } satisfies Record<Period, string> as Record<
    Period,
    string
  >,
  filters: { from: 'From', to: 'To' },
  bars: 'Bars',
  sums: {
    revenue: 'Revenue',
    units: 'Units',
    orders: 'Orders',
    discount: 'Discounts',
    cancelled: 'Cancelled orders',
  } satisfies Record<Sum, string> as Record<Sum, string>,
  /** What a sum lacks some rows of. */
  atLeast: 'at least',
  charts: {
    hour: { revenue: 'Revenue by the hour', units: 'Units by the hour', orders: 'Orders by the hour' },
    day: { revenue: 'Revenue by the day', units: 'Units by the day', orders: 'Orders by the day' },
  } satisfies Record<Period, Record<Measure, string>> as Record<Period, Record<Measure, string>>,
  total: (text: string, isPart: boolean): string => `${isPart ? 'at least ' : ''}${text} in all`,
  notKnown: 'not known',
  units: (count: string): string => (count === '1' ? '1 unit' : `${count} units`),
  orders: (count: string): string => (count === '1' ? '1 order' : `${count} orders`),
  origins: {
    statistics:
      'Figures of the statistics beside the shop, which count its records: without cancelled orders, revenue before discounts. New orders show as the statistics reach them.',
    ranking:
      "Figures of the shop's own ranking, without cancelled orders. It counts no money: that is known where the shop has statistics beside it that answer.",
    both: "Where money is missing, figures are of the shop's own ranking: the statistics beside it have not got that far.",
  } satisfies Record<Origin, string> as Record<Origin, string>,
  days: 'Days are those of UTC.',
  table: (rows: number): string =>
    rows === 1 ? 'The same as a table: 1 row' : `The same as a table: ${rows} rows`,
  columns: { hour: 'Hour', day: 'Day', source: 'Figures of' },
  sources: { statistics: 'statistics', ranking: 'ranking' },
  products: { revenue: 'Products by revenue', units: 'Products by units' },
  product: 'Product',
  category: 'Category',
  nameless: 'name not known',
  none: 'Nothing was sold in this time.',
  notKept: 'No figures are kept of this time.',
  all: 'The last 30 days',
};

export type SalesWords = typeof en;

const ko: SalesWords = {
  range: '기간',
  lasts: { '24h': '24시간', '7d': '7일', '30d': '30일', '90d': '90일' },
  by: '집계',
  periods: { hour: '시간별', day: '일별' },
  filters: { from: '시작', to: '끝' },
  bars: '막대',
  sums: {
    revenue: '매출',
    units: '판매 수량',
    orders: '주문',
    discount: '할인',
    cancelled: '취소된 주문',
  },
  atLeast: '이상',
  charts: {
    hour: { revenue: '시간별 매출', units: '시간별 판매 수량', orders: '시간별 주문' },
    day: { revenue: '일별 매출', units: '일별 판매 수량', orders: '일별 주문' },
  },
  total: (text, isPart) => `합계 ${text}${isPart ? ' 이상' : ''}`,
  notKnown: '알 수 없음',
  units: (count) => `${count}개`,
  orders: (count) => `주문 ${count}건`,
  origins: {
    statistics:
      '가게 밖에서 기록을 세는 통계의 수치입니다. 취소된 주문은 빠지고, 매출은 할인 전 금액입니다. 새 주문은 통계가 세는 대로 나타납니다.',
    ranking:
      '가게 자체 랭킹의 수치입니다. 취소된 주문은 빠집니다. 금액은 통계를 연결했고 응답할 때만 알 수 있습니다.',
    both: '금액이 없는 줄은 가게 자체 랭킹의 수치입니다. 통계가 아직 그 시간까지 세지 못했습니다.',
  },
  days: '하루는 UTC 기준입니다.',
  table: (rows) => `표로 보기: ${rows}줄`,
  columns: { hour: '시간', day: '날짜', source: '출처' },
  sources: { statistics: '통계', ranking: '랭킹' },
  products: { revenue: '매출이 높은 상품', units: '많이 팔린 상품' },
  product: '상품',
  category: '분류',
  nameless: '이름을 알 수 없음',
  none: '이 기간에는 판매가 없습니다.',
  notKept: '이 기간의 수치는 보관되어 있지 않습니다.',
  all: '최근 30일',
};

export const words = { en, ko };
