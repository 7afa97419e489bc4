import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root folder of the clone. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/** Data, logs and mail of the development system. Ignored by Git. */
export const stateDirectory = join(root, '.data');
