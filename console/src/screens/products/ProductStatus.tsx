import type { Product } from '@jangteo/client';
import { Status, type Tone } from '../../ui/Status.js';
import { useWordsOf } from '../../words/index.js';
import { words as productWords } from './words.js';

const TONES: Readonly<Record<Product['status'], Tone>> = {
  SELLABLE: 'done',
  SUSPENDED: 'undone',
  ARCHIVED: 'neutral',
};

export function ProductStatus({ status }: { readonly status: Product['status'] }) {
  const { statuses } = useWordsOf(productWords);
  return <Status tone={TONES[status]}>{statuses[status]}</Status>;
}
