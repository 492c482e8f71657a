import type { AuditReport } from '@jangteo/client';
import { useEffect, useRef, useState } from 'react';
import { useApi } from '../../api/index.js';

interface Asked {
  /** When it was asked for, in milliseconds; undefined while nobody waits. */
  readonly sinceMs?: number;
  readonly error?: unknown;
  readonly report?: AuditReport;
}

/** An audit that somebody waits for, until they leave: it goes on by itself then, and is kept all the same. */
export function useAudit(
  onEnd: () => void,
): Asked & { readonly begin: () => void; readonly stop: () => void } {
  const api = useApi();
  const [asked, set] = useState<Asked>({});
  const waiting = useRef<AbortController>(undefined);
  useEffect(() => () => waiting.current?.abort(), []);
  const run = async () => {
    const { signal } = (waiting.current = new AbortController());
    set({ sinceMs: Date.now() });
    try {
      const report = await api.admin.audit({ signal });
      set({ report });
      onEnd();
    } catch (error) {
      if (!signal.aborted) set({ error });
    }
  };
  return {
    ...asked,
    begin: () => {
      if (asked.sinceMs === undefined) void run();
    },
    stop: () => {
      waiting.current?.abort();
      set({});
    },
  };
}
