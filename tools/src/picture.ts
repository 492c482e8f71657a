import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { orderWithHistory } from '@jangteo/contracts';
import { projectRoot } from '@jangteo/infra';
import { adminAccess, asAdmin } from './admin.js';
import { orderPicture } from './order-picture.js';

const RECORD = join(projectRoot(), 'docs', 'examples', 'order.json');
const PICTURE = join(projectRoot(), 'docs', 'order.svg');

const help = `Usage: npm run picture [-- <order id>]

Draws docs/order.svg, the README's picture, from the order in docs/examples/order.json. With the id of an order, that of
the running shop is recorded there first.
`;

const [orderId, ...more] = process.argv.slice(2);
if (more.length > 0 || orderId?.startsWith('-')) {
  process.stdout.write(help);
  process.exit(orderId === '--help' || orderId === '-h' ? 0 : 2);
}
if (orderId !== undefined) {
  const order = await asAdmin(await adminAccess(undefined), (shop) => shop.orders.read(orderId));
  await writeFile(RECORD, `${JSON.stringify(orderWithHistory.parse(order), undefined, 2)}\n`);
}
const record: unknown = JSON.parse(await readFile(RECORD, 'utf8'));
await writeFile(PICTURE, orderPicture(orderWithHistory.parse(record)));
