import { text } from 'node:stream/consumers';
import { startPostgres } from '../postgres/embedded-postgres.js';

/** A process of its own that uses the embedded PostgreSQL, says where it is, and stops when its input ends. */
const { url, stop } = await startPostgres({ dataDirectory: process.argv[2] as string });
console.log(url);
await text(process.stdin);
await stop();
