import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of this clone. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/** What the developer's own system keeps: data, log, mail. Not under version control. */
export const stateDirectory = join(root, '.data');
