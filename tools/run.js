/** Runs a TypeScript program without a build step: `node tools/run.js FILE [ARGUMENT…]`. */
import '@swc-node/register/esm-register';
import { pathToFileURL } from 'node:url';

process.argv.splice(1, 1);
await import(pathToFileURL(process.argv[1]).href);
