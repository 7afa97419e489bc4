import { appId } from '@/app-name';

const prefix = `${appId}.draft.`;

/**
 * What a person has typed and not yet saved, kept in this tab through a reload or a detour to sign-in. The name bears
 * the user's id: nobody finds another person's words. `undefined` where nothing is kept.
 */
export function readDraft<T>(userId: string, form: string): T | undefined {
  const stored = sessionStorage.getItem(nameOf(userId, form));
  return stored === null ? undefined : (JSON.parse(stored) as T);
}

export function writeDraft(userId: string, form: string, json: string): void {
  sessionStorage.setItem(nameOf(userId, form), json);
}

export function deleteDraft(userId: string, form: string): void {
  sessionStorage.removeItem(nameOf(userId, form));
}

export function deleteAllDrafts(): void {
  for (const name of Object.keys(sessionStorage)) {
    if (name.startsWith(prefix)) sessionStorage.removeItem(name);
  }
}

function nameOf(userId: string, form: string): string {
  return `${prefix}${userId}.${form}`;
}
