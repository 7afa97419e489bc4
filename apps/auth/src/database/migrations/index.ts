import { createErasures } from './0001-create-erasures.js';
import type { Migration } from './migration.js';

/** What is ours in the schema `auth`, in order. Better Auth's own tables come first. */
export const migrations: Migration[] = [createErasures];
