import type { User } from '@jangteo/client';
import { Status, type Tone } from '../../ui/Status.js';
import { useWordsOf } from '../../words/index.js';
import { words as customerWords } from './words.js';

const TONES: Readonly<Record<User['state'], Tone>> = {
  ACTIVE: 'done',
  SUSPENDED: 'undone',
  DELETED: 'neutral',
};

export function AccountState({ state }: { readonly state: User['state'] }) {
  const { states } = useWordsOf(customerWords);
  return <Status tone={TONES[state]}>{states[state]}</Status>;
}
