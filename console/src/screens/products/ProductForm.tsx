import { JangteoError, type Product } from '@jangteo/client';
import { useState } from 'react';
import { useApi } from '../../api/index.js';
import { Ask, Field, type Once } from '../../ui/Ask.js';
import type { Fields } from '../../ui/fields.js';
import { useWordsOf } from '../../words/index.js';
import { changeOf, conflictsOf, mergedFields, textOf, type Conflict } from './edits.js';
import css from './ProductForm.module.css';
import { words as productWords } from './words.js';

function ProductFields({ product }: { readonly product?: Product }) {
  const { columns } = useWordsOf(productWords);
  const valueOf = (field: Parameters<typeof textOf>[1]) =>
    product === undefined ? undefined : textOf(product, field);
  return (
    <>
      <Field label={columns.name} name="name" required maxLength={200} defaultValue={valueOf('name')} />
      <Field
        label={columns.price}
        name="price"
        isMoney
        type="number"
        min={0}
        step={1}
        required
        defaultValue={valueOf('price')}
      />
      <Field label={columns.category} name="category" defaultValue={valueOf('category')} />
      <Field
        label={columns.description}
        name="description"
        isLong
        maxLength={1_000}
        defaultValue={valueOf('description')}
      />
      <Field label={columns.imageUrl} name="imageUrl" defaultValue={valueOf('imageUrl')} />
    </>
  );
}

/** @param onDone gets the product that is there now */
export function NewProduct({
  onDone,
  onClose,
}: {
  readonly onDone: (product: Product) => void;
  readonly onClose: () => void;
}) {
  const words = useWordsOf(productWords);
  const api = useApi();
  const create = async ({ stock, price, ...texts }: Fields, once: Once): Promise<void> => {
    const given = Object.fromEntries(Object.entries(texts).filter(([, text]) => text.trim() !== ''));
    const draft = { name: '', ...given, price: Number(price), stock: Number(stock) };
    onDone(await api.products.create(draft, once));
  };
  return (
    <Ask
      title={words.create}
      verb={words.create}
      effects={<p>{words.asks.create}</p>}
      onDo={create}
      onClose={onClose}
    >
      <ProductFields />
      <Field
        label={words.columns.stock}
        name="stock"
        type="number"
        min={0}
        step={1}
        required
        defaultValue={0}
      />
    </Ask>
  );
}

function Conflicts({
  conflicts,
  givenUp,
  onChoose,
}: {
  readonly conflicts: readonly Conflict[];
  readonly givenUp: ReadonlySet<string>;
  readonly onChoose: (field: string, isTheirs: boolean) => void;
}) {
  const words = useWordsOf(productWords);
  return (
    <div className={css['conflicts']} role="alert">
      <p>{words.conflict}</p>
      {conflicts.map(({ field, mine, theirs }) => (
        <fieldset key={field}>
          <legend>{words.columns[field]}</legend>
          {[false, true].map((isTheirs) => (
            <label key={String(isTheirs)}>
              <input
                type="radio"
                name={`conflict ${field}`}
                checked={givenUp.has(field) === isTheirs}
                onChange={() => onChoose(field, isTheirs)}
              />
              {isTheirs ? words.theirs : words.mine}: <strong>{(isTheirs ? theirs : mine) || '–'}</strong>
            </label>
          ))}
        </fieldset>
      ))}
    </div>
  );
}

/** Changes a product, but not over what somebody else has changed since the form was opened. */
export function EditProduct({
  product,
  onDone,
  onClose,
}: {
  readonly product: Product;
  readonly onDone: () => void;
  readonly onClose: () => void;
}) {
  const words = useWordsOf(productWords);
  const api = useApi();
  const [old] = useState(product);
  const [now, setNow] = useState(product);
  const [conflicts, setConflicts] = useState<readonly Conflict[]>([]);
  const [givenUp, setGivenUp] = useState<ReadonlySet<string>>(new Set());
  const { productId } = product;
  const send = async (fields: Fields, to: Product, without: ReadonlySet<string>): Promise<void> => {
    const change = changeOf(to, mergedFields(old, to, fields, without));
    if (Object.keys(change).length > 0) await api.products.change(productId, change, { ifMatch: to.version });
    onDone();
  };
  const save = async (fields: Fields): Promise<void> => {
    try {
      await send(fields, now, givenUp);
    } catch (error) {
      if (!(error instanceof JangteoError) || error.status !== 412) throw error;
      const latest = await api.products.read(productId);
      const found = conflictsOf(old, latest, fields);
      setNow(latest);
      setConflicts(found);
      // What others did elsewhere in it is in nobody's way.
      if (found.length === 0) await send(fields, latest, givenUp);
    }
  };
  const choose = (field: string, isTheirs: boolean) =>
    setGivenUp(
      (chosen) => new Set(isTheirs ? [...chosen, field] : [...chosen].filter((one) => one !== field)),
    );
  return (
    <Ask
      title={words.edit}
      verb={words.edit}
      effects={<p>{words.asks.edit}</p>}
      onDo={save}
      onClose={onClose}
    >
      <ProductFields product={old} />
      {conflicts.length > 0 && <Conflicts conflicts={conflicts} givenUp={givenUp} onChoose={choose} />}
    </Ask>
  );
}
