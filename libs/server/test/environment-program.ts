import { z } from 'zod';
import { loadEnvironment } from '../src/environment/environment.js';
import { port, postgresUrl } from '../src/environment/variables.js';

// Says which environment it is given in the folder that it is told.
process.chdir(process.env.FOLDER!);
const env = loadEnvironment(z.object({ NODE_ENV: z.string(), PORT: port(), DATABASE_URL: postgresUrl() }));
console.log(JSON.stringify(env));
