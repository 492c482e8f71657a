/** What the pages of diagrams say in words, in Korean: by the English of headings and paragraphs, lines joined. */
export const KOREAN: Readonly<Record<string, string>> = {
  'Written by `npm run docs` from the code; a test fails where it differs.':
    '`npm run docs`가 코드에서 만들며, 코드와 달라지면 테스트가 실패합니다. 그림 속의 말은 영어입니다.',

  '# Tables': '# 테이블',
  "What each service stores, from its entities, which a test compares with a migrated database. No line leads from one service to another: none reads another's database. A solid line is a foreign key, a dashed one a column that is named after the key of another table and has no foreign key, since rows are written together or order after order at high speed. A crow's foot: several rows may name the same one.":
    '서비스마다 저장하는 것을 엔터티에서 그렸습니다. 엔터티는 테스트가 마이그레이션된 데이터베이스와 비교합니다. 서비스 사이를 잇는 선은 없습니다. 어느 서비스도 다른 서비스의 데이터베이스를 읽지 않기 때문입니다. 실선은 외래 키입니다. 점선은 다른 테이블의 키를 이름으로 가진 열이며, 행을 함께 쓰거나 주문마다 아주 빠르게 쓰기 때문에 외래 키를 두지 않았습니다. 까마귀발은 여러 행이 같은 행을 가리킬 수 있다는 뜻입니다.',
  '### cart': '### 장바구니',
  '### data platform': '### 데이터 플랫폼',
  '### operations': '### 운영자의 작업',
  '### saga': '### 사가',
  '### sales': '### 판매',
  '### tallies': '### 집계',
  '### accounts': '### 계정',
  '### answers': '### 저장된 응답',
  '### webhooks': '### 웹훅',
  '## Of the libraries': '## 라이브러리의 테이블',
  'These tables come with libraries: wherever a service stores outcomes, keeps sums of its books or parks messages, they look the same.':
    '라이브러리에 딸린 테이블입니다. 결과를 저장하거나, 장부의 합계를 유지하거나, 메시지를 따로 보관하는 서비스라면 모두 같은 모양으로 가지고 있습니다.',
  '### stored outcomes and kept sums': '### 저장된 결과와 유지하는 합계',
  '### dead letters': '### 실패한 메시지',

  '# Flowcharts': '# 흐름도',
  'Each chain of questions is found by asking the function that decides: with everything wrong it refuses for the first reason, with that put right for the next, and so on. So the order of the questions is that of the code, and a new one has no place here until it has a name.':
    '질문의 순서는 결정하는 함수에 직접 물어서 찾았습니다. 모든 것이 잘못된 요청을 주면 첫째 이유로 거절하고, 그것을 바로잡으면 다음 이유로 거절하는 식입니다. 그래서 질문의 순서는 코드의 순서와 같고, 새 질문은 이름을 붙이기 전에는 여기에 들어올 수 없습니다.',
  '## Charge': '## 충전',
  'A payment is asked for outside of any transaction, and only when its amount is sure to fit. What the provider says, whenever it says it, settles the charge once. Dashed: while it does not say, it is asked again.':
    '결제는 트랜잭션 밖에서, 금액이 한도 안에 들어오는 것이 확실할 때만 요청합니다. 결제사가 언제 답하든 충전은 그 답으로 한 번만 확정됩니다. 점선: 답이 없는 동안에는 다시 묻습니다.',
  '## Issue of a coupon': '## 쿠폰 발급',
  'Requests for one coupon are decided one after the other under the lock of its row, a whole batch at a time.':
    '쿠폰 하나에 들어온 요청은 그 행의 잠금 아래에서 하나씩 차례로, 배치 전체를 한 번에 결정합니다.',

  '# Use cases': '# 유스 케이스',
  'Amounts are in minor units; ids and times are left out.':
    '금액은 통화의 최소 단위이며, ID와 시각은 뺐습니다.',
  "- *Recorded.* The messages of a run in memory in which the services' own functions decide, the same ones at each run. Orders run in the simulation (`npm run simulate`), as they do with failures; of the others the queues and tables around the decisions are made of a few lines in `tools/src/diagrams`.":
    '- *기록.* 서비스의 함수가 직접 결정하며 메모리에서 돌린 실행의 메시지입니다. 돌릴 때마다 같습니다. 주문은 장애를 넣어 돌리는 시뮬레이션(`npm run simulate`)에서 실행하고, 나머지는 결정을 둘러싼 큐와 테이블을 `tools/src/diagrams`의 몇 줄로 대신합니다.',
  '- *From the contract.* What the route is documented to ask of services, in its order. Nothing was run: what it asks only in some cases is drawn, and what it asks twice is drawn once.':
    '- *계약.* 경로가 서비스에 묻는다고 문서에 적힌 것을 그 순서대로 그렸습니다. 실행한 것은 아닙니다. 어떤 경우에만 묻는 것도 그렸고, 두 번 묻는 것은 한 번만 그렸습니다.',
  '*Recorded.*': '*기록.*',
  '*From the contract.*': '*계약.*',
  '## Order: success': '## 주문: 성공',
  'Two cups at 1,000. The look before the order promises nothing: each step decides again, under its lock.':
    '1,000원짜리 컵 두 개입니다. 주문 전 사전 조회는 아무것도 보장하지 않습니다. 단계마다 잠금 아래에서 다시 결정합니다.',
  '## Order: success with a coupon': '## 주문: 쿠폰을 쓴 성공',
  'It takes 500 off.': '쿠폰으로 500원을 깎습니다.',
  '## Order: of the cart': '## 주문: 장바구니에서',
  'The transaction that completes it takes the lines out of the cart.':
    '주문을 완료하는 트랜잭션이 장바구니에서 그 품목들을 뺍니다.',
  '## Order: out of stock': '## 주문: 재고 부족',
  'Nothing was taken, so nothing is undone.': '차감한 것이 없으므로 되돌릴 것도 없습니다.',
  '## Order: balance short, seen before': '## 주문: 잔액 부족을 미리 본 경우',
  'What was seen goes along with the first command, so the catalog refuses before it holds anything.':
    '미리 본 것을 첫 명령에 함께 보내므로, 카탈로그가 재고를 잡기 전에 거절합니다.',
  '## Order: balance short, found by the saga': '## 주문: 잔액 부족을 사가에서 알게 된 경우',
  'The look came too late, or the balance fell after it. The stock that was reserved goes back.':
    '사전 조회의 답이 늦었거나, 그 뒤에 잔액이 줄었습니다. 예약한 재고는 되돌아갑니다.',
  '## Order: coupon refused, seen before': '## 주문: 쿠폰을 쓸 수 없음을 미리 본 경우',
  'Nobody is commanded at all.': '아무 서비스에도 명령을 보내지 않습니다.',
  '## Order: coupon refused by the saga': '## 주문: 사가에서 쿠폰이 거절된 경우',
  'Two cups are less than its smallest subtotal. The stock that was reserved goes back.':
    '컵 두 개로는 쿠폰의 최소 주문 금액에 못 미칩니다. 예약한 재고는 되돌아갑니다.',
  '## Order: late answer': '## 주문: 늦은 응답',
  "The wallet has debited, and its reply does not arrive before the saga's deadline. The client is told that the order is pending; the debit is refunded with everything else, and the late reply changes nothing.":
    '지갑은 결제했지만, 그 응답이 사가의 기한까지 도착하지 않습니다. 클라이언트는 주문이 처리 중이라는 답을 받습니다. 결제는 나머지와 함께 환불되고, 늦게 온 응답은 아무것도 바꾸지 않습니다.',
  '## Order: an undo that overtakes its action': '## 주문: 액션을 앞지른 되돌림',
  'The command to reserve stock is stuck on its way. The undo finds nothing to release and leaves a tombstone, which refuses the action when it arrives.':
    '재고를 예약하라는 명령이 도중에 막혀 있습니다. 되돌림은 풀어 줄 것을 찾지 못하고 묘비를 남기며, 나중에 도착한 액션은 이 묘비 때문에 거절됩니다.',
  '## Order: asked again under the same key': '## 주문: 같은 키로 다시 요청',
  'The second request is answered as the first one, and nobody is commanded again.':
    '두 번째 요청에는 첫 번째와 같은 응답을 주고, 아무 서비스에도 다시 명령하지 않습니다.',
  '## Cancellation': '## 취소',
  'All undos at once; the order is cancelled when the last one is answered.':
    '되돌림을 모두 한꺼번에 보내고, 마지막 응답이 오면 주문이 취소됩니다.',
  '## Charge: paid': '## 충전: 결제됨',
  'The amount is held before the provider is asked.': '결제사에 묻기 전에 금액을 먼저 잡아 둡니다.',
  '## Charge: declined': '## 충전: 거절됨',
  'Nothing is credited, and no longer held.': '잔액에 더하지 않고, 잡아 둔 금액도 풉니다.',
  '## Charge: outcome not known': '## 충전: 결과를 모름',
  'The client is told so and is not kept waiting; it is asked about until the provider says which.':
    '클라이언트를 기다리게 하지 않고 그렇다고 알립니다. 결제사가 답할 때까지 계속 묻습니다.',
  '## Charge: provider slower than the client waits': '## 충전: 클라이언트가 기다리는 시간보다 느린 결제사',
  'The answer of the first time stays the answer to every repeat; the charge itself is read by its id.':
    '처음 준 응답이 모든 재요청의 응답으로 남습니다. 충전의 결과는 ID로 조회합니다.',
  '## Charge: refused before anybody pays': '## 충전: 결제 전에 거절됨',
  'More than a charge may be, or than the balance may come to.':
    '한 번에 충전할 수 있는 금액이나 잔액의 한도를 넘습니다.',
  '## Coupon: issued, asked for twice, sold out': '## 쿠폰: 발급, 두 번 요청, 소진',
  'The last one of it. Requests are decided one after the other under the lock of its row.':
    '마지막 한 장입니다. 요청은 쿠폰 행의 잠금 아래에서 하나씩 차례로 결정합니다.',
  '## Coupon: for those who have charged': '## 쿠폰: 충전한 적이 있는 사용자에게만',
  'The wallet is only asked where the coupon demands it, so that the others cost no look at it.':
    '쿠폰이 요구할 때만 지갑에 물으므로, 다른 쿠폰은 지갑을 조회하지 않습니다.',
  '## Products: through the cache': '## 상품: 캐시를 거친 조회',
  "The catalog's own classes, on a database and a Redis that answer what is drawn. Stock, status and version are read every time; an entry below that version is as good as none.":
    '카탈로그의 클래스를 그대로 쓰고, 데이터베이스와 Redis는 그림대로 답합니다. 재고, 상태, 버전은 매번 읽습니다. 그 버전보다 낮은 항목은 없는 것과 같습니다.',
  '## Ranking: batch': '## 순위: 배치',
  'Each step is a transaction of its own. Here the tally of 10:00 was not made ahead, as after a time without the service.':
    '단계마다 트랜잭션이 따로 있습니다. 여기서는 서비스가 한동안 멈춘 뒤처럼 10시의 집계가 미리 만들어져 있지 않습니다.',
  '## Data platform': '## 데이터 플랫폼',
  'Numbers have no gap and are given after the commit, so no order waits for the platform.':
    '번호는 빈틈없이 커밋 뒤에 매기므로, 어떤 주문도 플랫폼을 기다리지 않습니다.',
  '## Balance: read': '## 잔액: 조회',
  'A user who never charged has 0.': '충전한 적이 없는 사용자의 잔액은 0입니다.',
  '## Products: a page': '## 상품: 한 쪽',
  'Names and prices come from the cache as below.':
    '이름과 가격은 캐시에서 옵니다. 캐시를 거친 조회와 같습니다.',
  '## Cart: add': '## 장바구니: 담기',
  'The catalog is asked first: a line goes as far as stock covers it. It is shown with prices of the moment.':
    '카탈로그에 먼저 묻습니다. 재고가 되는 만큼만 담을 수 있으며, 그 순간의 가격으로 보여 줍니다.',
  '## Cart: read': '## 장바구니: 조회',
  'Names, prices and stock are of the moment.': '이름, 가격, 재고는 그 순간의 것입니다.',
  '## Cart: set a quantity': '## 장바구니: 수량 바꾸기',
  '0 takes the line out.': '0으로 바꾸면 그 품목이 빠집니다.',
  '## Cart: remove a line': '## 장바구니: 품목 빼기',
  'Whatever its quantity.': '수량에 상관없이 뺍니다.',
  '## Cart: clear': '## 장바구니: 비우기',
  'What is being ordered from it is ordered all the same.': '이미 주문하는 중인 것은 그대로 주문됩니다.',
  "## Coupon: a user's own": '## 쿠폰: 내 쿠폰',
  'With their status of this moment.': '이 순간의 상태와 함께 보여 줍니다.',
  '## Ranking: read': '## 순위: 조회',
  'Products that are not on sale any more leave their places to those behind them.':
    '더 이상 팔지 않는 상품의 자리는 뒤의 상품이 차지합니다.',

  '# States': '# 상태',
  'Each is made by trying every input in every state that is reached, with the functions that decide in the services. What leaves a state as it is, is not drawn; where it does something else, a note says what. In brackets: the cases in which the arrow is taken, where others lead elsewhere.':
    '도달할 수 있는 모든 상태에 모든 입력을 서비스의 결정 함수로 넣어 보아 그렸습니다. 상태를 그대로 두는 것은 그리지 않았고, 그때 다른 일을 한다면 메모에 적었습니다. 괄호 안은 그 화살표를 따르는 경우입니다. 다른 경우에는 다른 곳으로 갑니다.',
  '## Saga': '## 사가',
  'The work on one order. An undo is owed from the moment that its action is sent, so a step that was not answered is undone with those before it.':
    '주문 한 건을 처리하는 일입니다. 액션을 보낸 순간부터 그 되돌림을 책임지므로, 응답이 없던 단계도 앞의 단계들과 함께 되돌립니다.',
  'The whole table, with the name of the rule in each cell; those that wait for an answer of a participant share the first row (`services/order/src/domain/transitions.ts`):':
    '칸마다 규칙의 이름을 적은 전체 표입니다. 참여 서비스의 응답을 기다리는 상태들은 첫 행을 함께 씁니다(`services/order/src/domain/transitions.ts`):',
  '| in state |': '| 상태 |',
  '## Order': '## 주문',
  'What its customer sees, by the state of the saga that leads there.':
    '고객이 보는 상태이며, 화살표에는 거기로 이끄는 사가의 상태를 적었습니다.',
  'Its amount is held in the wallet while it is pending.': '처리 중인 동안 지갑이 금액을 잡아 둡니다.',
  '## Coupon': '## 쿠폰',
  'Suspended, it is not issued; what users hold stays usable. Sold out is no status: it follows from the quantities.':
    '중지하면 발급되지 않지만, 이미 가진 쿠폰은 쓸 수 있습니다. 소진은 상태가 아니며 수량에서 나옵니다.',
  "## User's coupon": '## 사용자 쿠폰',
  'Its status is never stored: it follows from the order that uses it, and from the time.':
    '상태를 저장하지 않습니다. 쿠폰을 쓴 주문과 시각에서 나옵니다.',
  '## Product': '## 상품',
  'Staff may set any status at any time.': '직원은 언제든 어떤 상태로든 바꿀 수 있습니다.',
  '## Option': '## 옵션',
  'A product keeps one option on sale.': '상품에는 판매 중인 옵션이 하나는 남아 있어야 합니다.',
  '## Webhook': '## 웹훅',
  'Why it stopped is stored beside it: `REQUESTED`, `FAILING`, `GONE`, `RECORDS_DELETED`. The last one is told where records that it had not been told yet are deleted.':
    '멈춘 이유를 옆에 저장합니다: `REQUESTED`, `FAILING`, `GONE`, `RECORDS_DELETED`. 마지막 것은 아직 알리지 못한 기록이 지워졌을 때의 이유입니다.',
};
