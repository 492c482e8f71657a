import type { AdminLogEntry } from '@jangteo/client';
import { Status, type Tone } from '../../ui/Status.js';
import { useWordsOf } from '../../words/index.js';
import { words as logWords } from './words.js';

const TONES: Readonly<Record<AdminLogEntry['result'], Tone>> = {
  DONE: 'done',
  REFUSED: 'undone',
  UNKNOWN: 'act',
};

export function Result({ entry: { result } }: { readonly entry: Pick<AdminLogEntry, 'result'> }) {
  const { results } = useWordsOf(logWords);
  return <Status tone={TONES[result]}>{results[result]}</Status>;
}
