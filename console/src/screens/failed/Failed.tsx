import { useAddress } from '../../ui/address.js';
import { Tabs } from '../../ui/Tabs.js';
import { useWords, useWordsOf } from '../../words/index.js';
import { changeToLetters, viewOf, VIEWS } from './filters.js';
import { Groups } from './Groups.js';
import { LetterPane } from './LetterPane.js';
import { Letters } from './Letters.js';
import { OperationPane } from './OperationPane.js';
import { words as failedWords } from './words.js';

/** Messages that services could not handle: groups of them, single ones, and what comes of sending them again. */
export default function Failed() {
  const words = useWordsOf(failedWords);
  const { pages } = useWords();
  const [address, change] = useAddress();
  const { letter, of, operation } = address;
  const view = viewOf(address);
  const tabs = (
    <Tabs
      label={pages.failed}
      value={view}
      options={VIEWS.map((one) => [one, words.views[one]] as const)}
      onChange={(one) => change({ ...changeToLetters({}), view: one === 'groups' ? undefined : one }, true)}
    />
  );
  return (
    <>
      {view === 'groups' ? <Groups tabs={tabs} /> : <Letters key={view} view={view} tabs={tabs} />}
      {letter !== undefined && (
        <LetterPane
          key={letter}
          deadLetterId={letter}
          of={of}
          onClose={() => change({ letter: undefined, of: undefined })}
        />
      )}
      {operation !== undefined && letter === undefined && (
        <OperationPane operationId={operation} onClose={() => change({ operation: undefined })} />
      )}
    </>
  );
}
