import { appId } from '@/app-name';

const prefix = `${appId}.draft.`;

/** Reads the unsaved input of a form. The key includes the user's id: another user of this tab must not see it. */
export function readDraft<T>(userId: string, form: string): T | undefined {
  const stored = sessionStorage.getItem(keyOf(userId, form));
  return stored === null ? undefined : (JSON.parse(stored) as T);
}

export function writeDraft(userId: string, form: string, json: string): void {
  sessionStorage.setItem(keyOf(userId, form), json);
}

export function deleteDraft(userId: string, form: string): void {
  sessionStorage.removeItem(keyOf(userId, form));
}

export function deleteAllDrafts(): void {
  for (const key of Object.keys(sessionStorage)) {
    if (key.startsWith(prefix)) {
      sessionStorage.removeItem(key);
    }
  }
}

function keyOf(userId: string, form: string): string {
  return `${prefix}${userId}.${form}`;
}
