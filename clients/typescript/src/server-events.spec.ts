import type { ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { json, problem, ScriptedShop, type Answering } from '../test/scripted-shop.js';
import { Jangteo } from './client.js';
import { EventParser } from './server-events.js';

const parsed = (chunks: readonly string[]): unknown[] => {
  const parser = new EventParser();
  return chunks.flatMap((chunk) => [...parser.push(chunk)]);
};

describe('lines of a stream', () => {
  const TEXT = [
    ': a comment',
    'retry: 20',
    'id: 1',
    'event: step',
    'data: {"a":',
    'data:1}',
    '',
    'data: "no id of its own"',
    '',
    'event: without data',
    '',
    'id: 2',
    'data: "x: y"',
    '',
    'data: cut off',
  ];
  const EVENTS = [
    { comment: 'a comment' },
    { retryMs: 20 },
    { id: '1', type: 'step', data: '{"a":\n1}' },
    { id: '1', type: 'message', data: '"no id of its own"' },
    { id: '2', type: 'message', data: '"x: y"' },
  ];

  it.each(['\n', '\r\n'])('are events, however they are cut, with ends %j', (end) => {
    const text = TEXT.join(end);
    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { maxLength: 8 }), (cuts) => {
        const at = [0, ...[...cuts].sort((a, b) => a - b), text.length];
        expect(parsed(at.slice(1).map((to, index) => text.slice(at[index], to)))).toEqual(EVENTS);
      }),
    );
  });

  it('are the same wherever they are cut once, also within the end of a line', () => {
    const text = TEXT.join('\r\n');
    for (let at = 0; at <= text.length; at += 1) {
      expect(parsed([text.slice(0, at), text.slice(at)])).toEqual(EVENTS);
    }
  });

  it('may end with carriage returns alone', () => {
    expect(parsed([`${TEXT.join('\r')}`])).toEqual(EVENTS);
  });
});

describe('a stream', () => {
  let server: ScriptedShop;
  let shop: Jangteo;
  let streams: ServerResponse[];
  beforeAll(async () => {
    server = await ScriptedShop.open();
    shop = new Jangteo({ url: server.url });
  });
  afterAll(async () => {
    await server.close();
  });
  beforeEach(() => {
    streams = [];
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  const HEAD = { 'content-type': 'text/event-stream' };

  /** Begins a stream with these events; `cut` breaks the connection after them. */
  const stream =
    (text: string, end: 'ends' | 'cut' | 'stays'): Answering =>
    (response) => {
      streams.push(response);
      response.writeHead(200, HEAD);
      if (end === 'ends') response.end(text);
      else response.write(text, () => end === 'cut' && response.destroy());
    };
  const event = (id: number): string => `id: ${id}\ndata: {"n":${id}}\n\n`;

  async function numbersOf(events: AsyncIterable<{ readonly data: unknown }>): Promise<unknown[]> {
    const found: unknown[] = [];
    for await (const { data } of events) found.push((data as { n: number }).n);
    return found;
  }

  it('goes on after the last event where it ends or is cut off, until there is no more', async () => {
    server.play(
      stream(`retry: 1\n\n${event(1)}${event(2)}`, 'ends'),
      stream(`${event(3)}id: 4\ndata: {"n"`, 'cut'),
      stream('', 'ends'),
      stream(event(4), 'ends'),
      json(204),
    );
    expect(await numbersOf(shop.orders.events('o1', { lastEventId: '0' }))).toEqual([1, 2, 3, 4]);
    expect(server.asked.map(({ path, headers }) => [path, headers['last-event-id']])).toEqual(
      ['0', '2', '3', '3', '4'].map((id) => ['/orders/o1/events', id]),
    );
    expect(server.asked[0]?.headers).toMatchObject({ accept: 'text/event-stream' });
  });

  it('may be cut within a letter', async () => {
    const bytes = Buffer.from('event: end\ndata: {"n":"장터"}\n\n');
    const at = bytes.indexOf('장터') + 1;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const chunk of [bytes.subarray(0, at), bytes.subarray(at)]) controller.enqueue(chunk);
        controller.close();
      },
    });
    const cutting = () => Promise.resolve(new Response(body, { headers: HEAD }));
    const its = new Jangteo({ url: server.url, fetch: cutting });
    expect(await numbersOf(its.orders.events('o1'))).toEqual(['장터']);
  });

  it('of an order ends with its end', async () => {
    server.play(stream(`${event(1)}id: 2\nevent: end\ndata: {"n":2}\n\n`, 'stays'));
    expect(await numbersOf(shop.orders.events('o1'))).toEqual([1, 2]);
    expect(server.asked).toHaveLength(1);
  });

  it('is closed by whoever has read enough', async () => {
    server.play(stream(event(1) + event(2), 'stays'));
    for await (const { id, data } of shop.admin.live()) {
      expect({ id, data }).toEqual({ id: '1', data: { n: 1 } });
      break;
    }
    const [response] = streams as [ServerResponse];
    if (!response.closed) await new Promise((resolve) => response.once('close', resolve));
    expect(server.asked).toHaveLength(1);
  });

  it('is closed by a signal, with its reason', async () => {
    const ending = new AbortController();
    const reason = new Error('enough');
    server.play(stream(event(1), 'stays'));
    const reading = (async () => {
      for await (const _ of shop.coupons.live('c1', { signal: ending.signal })) ending.abort(reason);
    })();
    await expect(reading).rejects.toBe(reason);
  });

  /** Streams that the test's clock may find silent once more than they are: each is asked for again. */
  const last = stream(`id: 2\nevent: end\ndata: {"n":2}\n\n`, 'stays');

  it('that says nothing for long is taken up anew', async () => {
    const answering: Answering = (response, asked) =>
      (asked.headers['last-event-id'] === '1' ? last : stream(event(1), 'stays'))(response, asked);
    server.play(...Array.from({ length: 9 }, () => answering));
    expect(await numbersOf(shop.orders.events('o1', { silenceMs: 500 }))).toEqual([1, 2]);
  });

  it('that does not open is asked for again', async () => {
    server.play(() => undefined, ...Array.from({ length: 9 }, () => last));
    const hasty = new Jangteo({ url: server.url, deadlineMs: 500, retry: { baseMs: 1 } });
    expect(await numbersOf(hasty.orders.events('o1'))).toEqual([2]);
  });

  it('ends in an error where nothing but bytes comes, however often', async () => {
    const silent = stream('retry: 1\n\n', 'ends');
    const hearts = stream(':\n\n', 'ends');
    server.play(
      ...Array.from({ length: 4 }, () => silent),
      hearts,
      ...Array.from({ length: 20 }, () => silent),
    );
    jest.spyOn(Math, 'random').mockReturnValue(0);
    await expect(numbersOf(shop.orders.events('o1'))).rejects.toMatchObject({ code: 'NO_ANSWER' });
    // Counted anew after the heartbeat.
    expect(server.asked).toHaveLength(5 + 9);
  });

  it('ends in an error where an event is no JSON: it would be the same the next time', async () => {
    server.play(...Array.from({ length: 3 }, () => stream('id: 1\ndata: {\n\n', 'ends')));
    await expect(numbersOf(shop.orders.events('o1'))).rejects.toThrow(SyntaxError);
    expect(server.asked).toHaveLength(1);
  });

  it('is refused like any call', async () => {
    server.play(problem(404, 'ORDER_NOT_FOUND'));
    await expect(numbersOf(shop.orders.events('o1'))).rejects.toMatchObject({ code: 'ORDER_NOT_FOUND' });
    expect(server.asked).toHaveLength(1);
  });
});
