/**
 * Exits with one sentence on a Node that is too old, whose loader would report a syntax error in another module. Programs
 * import it first, and by its path: the index would load the other modules, too.
 */
export const MINIMUM_NODE_VERSION = '20.19';

const [major = 0, minor = 0] = MINIMUM_NODE_VERSION.split('.').map(Number);
const [ownMajor = 0, ownMinor = 0] = process.versions.node.split('.').map(Number);
if (ownMajor < major || (ownMajor === major && ownMinor < minor)) {
  console.error(
    `This needs Node ${MINIMUM_NODE_VERSION} or newer, and this is Node ${process.versions.node}: install Node 24.`,
  );
  process.exit(1);
}
