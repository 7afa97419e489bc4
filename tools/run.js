/** Runs a TypeScript program without a build step: `node tools/run.js FILE [ARGUMENT…]`. */
import module from 'node:module';
import { pathToFileURL } from 'node:url';
import './node-version.js';

process.argv.splice(1, 1);
module.register('./require-typescript.js', import.meta.url);
// Not `await`, which is a syntax error on a Node that is too old.
import('@swc-node/register/esm-register')
  .then(() => import(pathToFileURL(process.argv[1]).href))
  .catch((error) => {
    console.error(error);
    process.exit(1);
  });
