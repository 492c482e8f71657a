import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  shareShop,
  START_DEADLINE_MS,
  type Answer,
  type Problem,
  type Shop,
  type ShopClient,
} from '@jangteo/testkit';
import { REFUSALS, type RefusalCode } from '@jangteo/contracts';
import { expectProblem } from './expectations.js';

describe('clients', () => {
  let shop: Shop;
  let client: ShopClient;

  beforeAll(async () => {
    shop = await shareShop();
    ({ client } = shop);
  }, START_DEADLINE_MS);

  afterAll(() => shop?.stop());

  describe('are told in their language what is wrong', () => {
    const korean = { 'accept-language': 'ko-KR,ko;q=0.9,en;q=0.8' };

    it('R40: in Korean, with the same code', async () => {
      const body = { email: 'nobody@example.com', password: 'a guess' };
      const wrong = await client.post<Problem>('/auth/login', body, { headers: korean });
      expect(expectTranslated(wrong, 'INVALID_CREDENTIALS')).toEqual({
        title: '이메일 또는 비밀번호가 올바르지 않습니다',
        detail: '이메일 또는 비밀번호가 올바르지 않습니다',
        errors: undefined,
      });
      const bad = await client.post<Problem>('/auth/login', { email: 'x', more: 1 }, { headers: korean });
      expect(expectTranslated(bad, 'VALIDATION_FAILED').errors).toEqual([
        { path: 'email', message: '이메일 주소가 올바르지 않습니다' },
        { path: 'password', message: '필수 항목입니다' },
        { path: 'more', message: '알 수 없는 필드입니다' },
      ]);
      const mina = await client.register(10);
      const { token } = mina;
      const { productId } = await client.createProduct({ price: 1_000 });
      const order = { items: [{ productId, quantity: 1 }] };
      const short = await client.post<Problem>('/orders', order, { token, headers: korean });
      expect(expectTranslated(short, 'INSUFFICIENT_BALANCE').detail).toBe(
        '결제할 금액은 1000, 잔액은 10입니다',
      );
    });

    it('in English otherwise', async () => {
      const answer = await client.get('/nowhere', { headers: { 'accept-language': 'fr, en;q=0.5' } });
      expectProblem(answer, 'NOT_FOUND');
      expect(answer.headers.get('content-language')).toBe('en');
      expect(answer.headers.get('vary')).toContain('Accept-Language');
    });

    function expectTranslated({ status, body, headers }: Answer<Problem>, code: RefusalCode) {
      expect({ status, code: body.code }).toEqual({ status: REFUSALS[code].status, code });
      expect(headers.get('content-language')).toBe('ko');
      expect(headers.get('vary')).toContain('Accept-Language');
      const { title, detail, errors } = body;
      return { title, detail, errors };
    }
  });
});
