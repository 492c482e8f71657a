import type { CouponDraft, ProductDraft } from '@jangteo/contracts';
import { UsageError } from './program.js';

/** The languages that demo data is there in. */
export const DEMO_LANGUAGES = ['ko', 'en'] as const;

export type DemoLanguage = (typeof DEMO_LANGUAGES)[number];

type Text = Readonly<Record<DemoLanguage, string>>;

interface Goods {
  readonly name: Text;
  readonly description: Text;
  readonly category: Text;
  /** In won. */
  readonly price: number;
  readonly stock?: number;
  /** Stock and surcharge by the option's name. */
  readonly options?: readonly (readonly [name: Text, stock: number, additionalPrice?: number])[];
}

const clothes = { ko: '의류', en: 'Clothing' };
const kitchen = { ko: '주방', en: 'Kitchen' };
const food = { ko: '식품', en: 'Food' };
const home = { ko: '생활', en: 'Home' };
const stationery = { ko: '문구', en: 'Stationery' };

const same = (name: string): Text => ({ ko: name, en: name });

/** Fewer than the 20 of a usual page, so that what is put in later is on the first one too. */
const GOODS: readonly Goods[] = [
  {
    name: { ko: '청자 찻잔', en: 'Celadon tea cup' },
    description: {
      ko: '이천에서 빚은 비색 찻잔입니다. 180 ml.',
      en: 'A jade-green cup thrown in Icheon, 180 ml.',
    },
    category: kitchen,
    price: 18_000,
    stock: 120,
  },
  {
    name: { ko: '방짜 유기 수저 세트', en: 'Brass spoon and chopsticks' },
    description: {
      ko: '두드려 만든 놋수저 한 벌입니다. 쓸수록 빛이 납니다.',
      en: 'Hammered brass, one set. It shines more the more it is used.',
    },
    category: kitchen,
    price: 24_000,
    stock: 80,
  },
  {
    name: { ko: '무쇠 전골냄비', en: 'Cast-iron hot pot' },
    description: {
      ko: '가스와 인덕션에 모두 쓸 수 있는 무쇠 냄비입니다.',
      en: 'Cast iron for gas and induction.',
    },
    category: kitchen,
    price: 68_000,
    options: [
      [same('20 cm'), 30],
      [same('24 cm'), 20, 12_000],
    ],
  },
  {
    name: { ko: '린넨 앞치마', en: 'Linen apron' },
    description: {
      ko: '빨수록 부드러워지는 린넨 앞치마입니다. 앞주머니가 둘 있습니다.',
      en: 'Linen that softens with each wash, with two pockets.',
    },
    category: clothes,
    price: 39_000,
    options: [
      [same('S'), 15],
      [same('M'), 25],
      [same('L'), 10, 2_000],
    ],
  },
  {
    name: { ko: '생활한복 저고리', en: 'Everyday hanbok jacket' },
    description: {
      ko: '매일 입기 좋은 면 저고리입니다. 손세탁해 주세요.',
      en: 'A cotton jacket for every day. Wash by hand.',
    },
    category: clothes,
    price: 89_000,
    options: [
      [{ ko: '쪽빛 / 55', en: 'Indigo / 55' }, 12],
      [{ ko: '쪽빛 / 66', en: 'Indigo / 66' }, 18],
      [{ ko: '아이보리 / 55', en: 'Ivory / 55' }, 9],
      [{ ko: '아이보리 / 66', en: 'Ivory / 66' }, 14],
    ],
  },
  {
    name: { ko: '순면 반팔 티셔츠', en: 'Cotton T-shirt' },
    description: { ko: '도톰한 면으로 만든 기본 티셔츠입니다.', en: 'A plain T-shirt of thick cotton.' },
    category: clothes,
    price: 19_900,
    options: [
      [{ ko: '흰색 / M', en: 'White / M' }, 60],
      [{ ko: '흰색 / L', en: 'White / L' }, 60],
      [{ ko: '검정 / M', en: 'Black / M' }, 45],
      [{ ko: '검정 / L', en: 'Black / L' }, 45],
    ],
  },
  {
    name: { ko: '볶은 보리차', en: 'Roasted barley tea' },
    description: {
      ko: '국산 겉보리를 볶았습니다. 차갑게 마셔도 좋습니다.',
      en: 'Korean barley, roasted; good cold as well.',
    },
    category: food,
    price: 7_500,
    options: [
      [same('100 g'), 300],
      [same('500 g'), 60, 22_000],
    ],
  },
  {
    name: { ko: '감식초', en: 'Persimmon vinegar' },
    description: { ko: '청도 감을 1년 동안 익혔습니다. 500 ml.', en: 'Aged for a year, 500 ml.' },
    category: food,
    price: 16_500,
    stock: 45,
  },
  {
    name: { ko: '제주 감귤 5 kg', en: 'Jeju tangerines, 5 kg' },
    description: {
      ko: '서귀포 농장에서 바로 보냅니다.',
      en: 'Straight from a farm in Seogwipo.',
    },
    category: food,
    price: 29_900,
    stock: 150,
  },
  {
    name: { ko: '도라지 배즙 30포', en: 'Bellflower and pear juice, 30 pouches' },
    description: { ko: '나주 배와 도라지로 달였습니다.', en: 'Of pears from Naju and bellflower roots.' },
    category: food,
    price: 32_000,
    stock: 90,
  },
  {
    name: { ko: '한지 조명, 단 세 점', en: 'Hand-made paper lamp, the only three' },
    description: {
      ko: '전주 한지를 겹겹이 발라 만든 작가의 작품입니다.',
      en: 'Made by an artist of many layers of paper from Jeonju.',
    },
    category: home,
    price: 145_000,
    stock: 3,
  },
  {
    name: { ko: '누빔 차렵이불', en: 'Quilted blanket' },
    description: { ko: '사계절 덮는 가벼운 누빔 이불입니다.', en: 'Light, for all seasons.' },
    category: home,
    price: 79_000,
    options: [
      [{ ko: '싱글', en: 'Single' }, 25],
      [{ ko: '퀸', en: 'Queen' }, 15, 20_000],
    ],
  },
  {
    name: { ko: '대나무 돗자리', en: 'Bamboo mat' },
    description: { ko: '담양 대나무로 엮었습니다. 150 × 200 cm.', en: 'Woven in Damyang, 150 × 200 cm.' },
    category: home,
    price: 54_000,
    stock: 20,
  },
  {
    name: { ko: '한지 수첩', en: 'Paper notebook' },
    description: { ko: '실로 꿰맨 한지 수첩입니다. 80쪽.', en: 'Mulberry paper, bound by thread, 80 pages.' },
    category: stationery,
    price: 9_800,
    options: [
      [{ ko: '먹색', en: 'Ink' }, 70],
      [{ ko: '치자색', en: 'Gardenia' }, 70],
      [{ ko: '쪽색', en: 'Indigo' }, 70],
    ],
  },
];

const firstThirty: Text = { ko: '선착순 30명 33% 할인', en: 'First thirty: a third off' };
const fiveThousand: Text = { ko: '3만 원 이상 5,000원 할인', en: '5,000 won off 30,000 and more' };

/** Products and coupons that a shop begins with, as those who run it would put them in. */
export function demoGoods(language: DemoLanguage): { products: ProductDraft[]; coupons: CouponDraft[] } {
  const products = GOODS.map(({ name, description, category, price, stock, options }) => ({
    name: name[language],
    description: description[language],
    category: category[language],
    price,
    ...(stock === undefined ? {} : { stock }),
    ...(options && {
      options: options.map(([option, optionStock, additionalPrice]) => ({
        name: option[language],
        stock: optionStock,
        ...(additionalPrice === undefined ? {} : { additionalPrice }),
      })),
    }),
  }));
  const coupons: CouponDraft[] = [
    {
      name: firstThirty[language],
      discountType: 'PERCENT',
      discountValue: 33,
      maxDiscount: 50_000,
      totalQuantity: 30,
    },
    {
      name: fiveThousand[language],
      discountType: 'FIXED',
      discountValue: 5_000,
      minOrderAmount: 30_000,
      totalQuantity: 10_000,
      validDays: 30,
    },
  ];
  return { products, coupons };
}

/** @throws UsageError for a language that demo data is not there in */
export function demoLanguage(environment: NodeJS.ProcessEnv = process.env): DemoLanguage {
  const asked = environment.DEMO_LANG || 'ko';
  const language = DEMO_LANGUAGES.find((known) => known === asked);
  if (language !== undefined) return language;
  throw new UsageError(`DEMO_LANG must be ${DEMO_LANGUAGES.join(' or ')}, not "${asked}"`);
}
