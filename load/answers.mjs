// What all scenarios of this folder have in common.

/** By the name of a request, the answers that are as they should be; of all others it is 200. */
const FINE = {
  charge: ['200', '202'],
  order: ['201 SUCCESS', '202 PENDING'],
  coupon: ['201', '409 COUPON_SOLD_OUT'],
};

/** The code of a problem, or the status of an order. */
function wordIn(body) {
  try {
    const { code, orderStatus } = JSON.parse(body);
    return code ?? orderStatus;
  } catch {
    return undefined;
  }
}

/** Artillery follows redirects unless it is told not to, wherever they lead. */
export async function stayHere(request) {
  request.followRedirect = false;
}

/**
 * Counts an answer by its request's name, its status and its word: `answers.order.201 SUCCESS`. A customer who gets
 * another answer than they should goes away, and counts as failed.
 */
export async function counted({ name }, { statusCode, body }, _context, events) {
  const word = wordIn(body);
  const answer = word === undefined ? String(statusCode) : `${statusCode} ${word}`;
  events.emit('counter', `answers.${name}.${answer}`, 1);
  const isFine = FINE[name]?.includes(answer) ?? statusCode === 200;
  if (!isFine) throw new Error(`${name}: ${answer}`);
}
