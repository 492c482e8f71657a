import type { OrderTimeline } from '@jangteo/client';
import { FolderOpen } from 'lucide-react';
import { useRef } from 'react';
import { FILE_BYTES_MAX, readTimelineFile, type ReadFault } from '../../timeline/read-file.js';
import type { TimelineWords } from '../../timeline/words.js';
import { Button } from '../../ui/Button.js';

/** Why a file cannot be shown, for whoever chose it. */
export function faultTold(fault: ReadFault, { errors }: TimelineWords): string {
  switch (fault.kind) {
    case 'OTHER_VERSION':
      return errors.OTHER_VERSION(fault.version);
    case 'NOT_A_TIMELINE':
      return errors.NOT_A_TIMELINE(fault.path, errors.expected[fault.expected]);
    case 'TOO_LARGE':
    case 'NOT_JSON':
      return errors[fault.kind];
  }
}

export interface OpenedFile {
  readonly name: string;
  readonly timeline: OrderTimeline;
}

/** Lets somebody choose a file that was exported, here or in another shop. It stays in the browser. */
export function OpenFile({
  words,
  onOpen,
  onFault,
}: {
  readonly words: TimelineWords;
  readonly onOpen: (file: OpenedFile) => void;
  readonly onFault: (fault: ReadFault) => void;
}) {
  const input = useRef<HTMLInputElement>(null);
  const read = async (file: File): Promise<void> => {
    if (file.size > FILE_BYTES_MAX) {
      onFault({ kind: 'TOO_LARGE' });
      return;
    }
    const result = readTimelineFile(await file.text());
    if (result.ok) onOpen({ name: file.name, timeline: result.timeline });
    else onFault(result.fault);
  };
  return (
    <>
      <input
        ref={input}
        type="file"
        accept=".json,application/json"
        hidden
        onChange={({ target }) => {
          const [file] = target.files ?? [];
          // The same file may be chosen again, after it was mended.
          target.value = '';
          if (file !== undefined) void read(file);
        }}
      />
      <Button icon={<FolderOpen aria-hidden />} onClick={() => input.current?.click()}>
        {words.page.open}
      </Button>
    </>
  );
}
