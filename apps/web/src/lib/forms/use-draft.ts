'use client';

import { useEffect, useEffectEvent, useRef } from 'react';
import { useSession } from '@/lib/auth/session-provider';
import { deleteDraft, readDraft, writeDraft } from './drafts';

/**
 * Keeps what is typed in a form through a reload or a detour to sign-in.
 *
 * @param draft what to keep; `undefined` where there is nothing worth it
 * @param restore gets, once, what was kept before this form was shown
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
          // It was kept by another version of this form: the person goes on with an empty one.
        }
      }
    }
    if (serialized === undefined) deleteDraft(user.id, form);
    else writeDraft(user.id, form, serialized);
  }, [user.id, form, serialized]);
}
