import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../project.js';
import { show } from '../tests.js';

/** Takes the web app out of a clone of what is committed here, and installs what is left: `without-web.ts FOLDER`. */
const cwd = process.argv[2] as string;
show('git', ['clone', '--quiet', root, cwd]);
cpSync(join(root, 'node_modules'), join(cwd, 'node_modules'), { recursive: true, verbatimSymlinks: true });
show('npm', ['run', '--silent', 'setup', '--', '--without', 'web'], { cwd });
show('npm', ['ci'], { cwd });
