import { text } from 'node:stream/consumers';
import { startPostgres } from '../postgres/embedded-postgres.js';

/** Uses the embedded PostgreSQL in a process of its own: prints its URL and stops when standard input ends. */
const { url, stop } = await startPostgres({ dataDirectory: process.argv[2] as string });
console.log(url);
await text(process.stdin);
await stop();
