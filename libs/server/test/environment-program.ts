import { z } from 'zod';
import { loadEnvironment } from '../src/environment/environment.js';
import { port, postgresUrl } from '../src/environment/variables.js';

// Prints the environment that it loads in the directory FOLDER.
process.chdir(process.env.FOLDER!);
const env = loadEnvironment(z.object({ NODE_ENV: z.string(), PORT: port(), DATABASE_URL: postgresUrl() }));
console.log(JSON.stringify(env));
