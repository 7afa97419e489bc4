/** Exits with one sentence on a Node that is too old, whose loader would report a syntax error. Uses only old syntax. */
import { readFileSync } from 'fs';

const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const [major, minor] = engines.node.match(/\d+/g).map(Number);
const [ownMajor, ownMinor] = process.versions.node.split('.').map(Number);
if (ownMajor < major || (ownMajor === major && ownMinor < minor)) {
  console.error(
    `This needs Node ${major}.${minor} or newer, and this is Node ${process.versions.node}: install Node 24.`,
  );
  process.exit(1);
}
