import type { Product as ProductOfShop, ProductOption } from '@jangteo/client';
import { Pencil, Plus } from 'lucide-react';
import { useState } from 'react';
import { useParams } from 'wouter';
import { useFresh } from '../../api/fresh.js';
import { useApi, useMay } from '../../api/index.js';
import { Ask, Field } from '../../ui/Ask.js';
import { Button } from '../../ui/Button.js';
import { Id } from '../../ui/Copy.js';
import { DataTable } from '../../ui/DataTable.js';
import { Facts } from '../../ui/Facts.js';
import { countOf } from '../../ui/format.js';
import { ListActions } from '../../ui/ListActions.js';
import { LiveLine } from '../../ui/LiveLine.js';
import { Menu } from '../../ui/Menu.js';
import { Money } from '../../ui/Money.js';
import { Page, Panel } from '../../ui/Page.js';
import { Problem } from '../../ui/Problem.js';
import { Skeleton } from '../../ui/Skeleton.js';
import { Status } from '../../ui/Status.js';
import { Time } from '../../ui/Time.js';
import { useLanguage, useWords, useWordsOf } from '../../words/index.js';
import { Movements } from './Movements.js';
import { EditProduct } from './ProductForm.js';
import { ProductStatus } from './ProductStatus.js';
import { words as productWords } from './words.js';

const EVERY_MS = 5_000;

const STEPS = { archive: 'ARCHIVED', suspend: 'SUSPENDED', resume: 'SELLABLE' } as const;
type Step = keyof typeof STEPS;

type Asked =
  { readonly what: 'edit' | 'option' | Step } | { readonly what: 'adjust'; readonly option: ProductOption };

/** The dialog of whatever is to be done with a product. */
function ProductAsk({
  asked,
  product,
  onDone,
  onClose,
}: {
  readonly asked: Asked;
  readonly product: ProductOfShop;
  readonly onDone: (sentence: string) => void;
  readonly onClose: () => void;
}) {
  const words = useWordsOf(productWords);
  const api = useApi();
  const { productId, version } = product;
  if (asked.what === 'edit') {
    return <EditProduct product={product} onDone={() => onDone(words.done.edit)} onClose={onClose} />;
  }
  if (asked.what === 'adjust') {
    const { optionId, name, stock } = asked.option;
    return (
      <Ask
        title={`${words.options.adjust}: ${name} (${stock})`}
        verb={words.options.adjust}
        effects={<p>{words.asks.adjust}</p>}
        onClose={onClose}
        onDo={async ({ quantity, reason = '' }, once) => {
          await api.products.restock(productId, { optionId, quantity: Number(quantity), reason }, once);
          onDone(words.done.adjust);
        }}
      >
        <Field label={words.quantity} name="quantity" type="number" step={1} required />
        <Field label={words.reason} name="reason" required maxLength={200} />
      </Ask>
    );
  }
  if (asked.what === 'option') {
    return (
      <Ask
        title={words.newOption}
        verb={words.newOption}
        effects={<p>{words.asks.option}</p>}
        onClose={onClose}
        onDo={async ({ name = '', additionalPrice, stock }, once) => {
          const body = { name, additionalPrice: Number(additionalPrice), stock: Number(stock) };
          await api.call('addOption', { path: { productId }, body }, once);
          onDone(words.done.option);
        }}
      >
        <Field label={words.options.name} name="name" required />
        <Field
          label={words.options.additionalPrice}
          name="additionalPrice"
          isMoney
          type="number"
          min={0}
          step={1}
          defaultValue={0}
        />
        <Field
          label={words.options.firstStock}
          name="stock"
          type="number"
          min={0}
          step={1}
          defaultValue={0}
        />
      </Ask>
    );
  }
  const step = asked.what;
  return (
    <Ask
      title={words.actions[step]}
      verb={words.actions[step]}
      isDanger={step !== 'resume'}
      effects={<p>{words.asks[step]}</p>}
      onClose={onClose}
      onDo={async (_, once) => {
        await api.products.change(productId, { status: STEPS[step] }, { ifMatch: version, ...once });
        onDone(words.done.edit);
      }}
    />
  );
}

function Options({
  product,
  refusal,
  onAdjust,
}: {
  readonly product: ProductOfShop;
  readonly refusal: string | undefined;
  readonly onAdjust: (option: ProductOption) => void;
}) {
  const { options } = useWordsOf(productWords);
  const language = useLanguage();
  return (
    <DataTable
      caption={options.caption}
      rows={product.options}
      keyOf={({ optionId }) => optionId}
      columns={[
        { id: 'name', head: options.name, isWide: true, cell: ({ name }) => name },
        { id: 'price', head: options.price, align: 'right', cell: ({ price }) => <Money amount={price} /> },
        { id: 'stock', head: options.stock, align: 'right', cell: ({ stock }) => countOf(stock, language) },
        {
          id: 'adjust',
          head: options.adjust,
          align: 'right',
          cell: (option) => (
            <Button
              refusal={refusal}
              onClick={() => onAdjust(option)}
              aria-label={`${options.adjust}: ${option.name}`}
            >
              ±
            </Button>
          ),
        },
      ]}
    />
  );
}

/** One product: what it is, what is there of it, and what moved its stock. */
export default function Product() {
  const { productId } = useParams<{ productId: string }>();
  const words = useWordsOf(productWords);
  const { pages, actions } = useWords();
  const api = useApi();
  const mayEdit = useMay('operator');
  const refusal = mayEdit ? undefined : actions.notAllowed('operator');
  const [asked, ask] = useState<Asked>();
  const [done, tell] = useState<string>();
  const [round, next] = useState(0);
  const { data, error, freshness, refresh } = useFresh(
    ['product', productId],
    (signal) => api.products.read(productId, { signal }),
    { everyMs: EVERY_MS },
  );
  const steps: readonly Step[] =
    data?.status === 'SELLABLE'
      ? ['suspend', 'archive']
      : data?.status === 'SUSPENDED'
        ? ['resume', 'archive']
        : ['resume'];
  return (
    <Page
      title={data?.name ?? pages.products}
      live={<LiveLine {...freshness} />}
      actions={
        <>
          <ListActions name="product" />
          {data !== undefined && (
            <Menu
              items={steps.map((step) => ({
                label: words.actions[step],
                refusal,
                onChoose: () => ask({ what: step }),
              }))}
            >
              {actions.menu}
            </Menu>
          )}
          <Button
            kind="main"
            icon={<Pencil aria-hidden />}
            refusal={refusal}
            disabled={data === undefined}
            onClick={() => ask({ what: 'edit' })}
          >
            {words.edit}
          </Button>
        </>
      }
    >
      <div role="status">{done !== undefined && <Status tone="done">{done}</Status>}</div>
      {error !== null && <Problem error={error} onRetry={refresh} />}
      {data === undefined && error === null && <Skeleton lines={8} height={34} />}
      {data !== undefined && (
        <>
          <Facts
            facts={[
              [words.columns.status, <ProductStatus key="status" status={data.status} />],
              [words.columns.price, <Money key="price" amount={data.price} />],
              [words.columns.category, data.category],
              [words.columns.description, data.description],
              [words.columns.imageUrl, data.imageUrl],
              [words.columns.id, <Id key="id" id={data.productId} what={words.columns.id} />],
              [words.columns.updated, data.updatedAt && <Time key="updated" at={data.updatedAt} />],
            ]}
          />
          <Panel
            title={words.options.caption}
            actions={
              <Button icon={<Plus aria-hidden />} refusal={refusal} onClick={() => ask({ what: 'option' })}>
                {words.newOption}
              </Button>
            }
          >
            <Options
              product={data}
              refusal={refusal}
              onAdjust={(option) => ask({ what: 'adjust', option })}
            />
          </Panel>
          <Panel title={words.movements.title}>
            <Movements product={data} round={round} />
          </Panel>
          {asked !== undefined && (
            <ProductAsk
              asked={asked}
              product={data}
              onClose={() => ask(undefined)}
              onDone={(sentence) => {
                ask(undefined);
                tell(sentence);
                next(round + 1);
                refresh();
              }}
            />
          )}
        </>
      )}
    </Page>
  );
}
