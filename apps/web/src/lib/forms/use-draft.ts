'use client';

import { useEffect, useEffectEvent, useRef } from 'react';
import { useSession } from '@/lib/auth/session-provider';
import { deleteDraft, readDraft, writeDraft } from './drafts';

/**
 * Keeps the input of a form in this tab, so that a reload or a new sign-in does not lose it.
 *
 * @param draft the input to keep; `undefined` deletes it
 * @param restore called once, if there is a draft when the form appears
 */
export function useDraft<T>(form: string, draft: T | undefined, restore: (kept: T) => void): void {
  const { user } = useSession();
  const restored = useRef(false);
  const restoreOnce = useEffectEvent(restore);
  const serialized = JSON.stringify(draft);

  useEffect(() => {
    if (!restored.current) {
      restored.current = true;
      const kept = readDraft<T>(user.id, form);
      if (kept !== undefined) {
        try {
          return restoreOnce(kept);
        } catch {
          // Another version of this form wrote the draft: start with an empty form.
        }
      }
    }
    if (serialized === undefined) {
      deleteDraft(user.id, form);
    } else {
      writeDraft(user.id, form, serialized);
    }
  }, [user.id, form, serialized]);
}
