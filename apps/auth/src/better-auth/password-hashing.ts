import { hashPassword, verifyPassword } from 'better-auth/crypto';

/** Half of the threads of libuv's pool. The others stay free for DNS, files and the signatures of cookies. */
const CONCURRENT_HASHES = 2;

const waiting: (() => void)[] = [];
let running = 0;

/** Runs `hash` when fewer than `CONCURRENT_HASHES` others run. */
async function limited<T>(hash: () => Promise<T>): Promise<T> {
  if (running >= CONCURRENT_HASHES) {
    await new Promise<void>((resolve) => waiting.push(resolve));
  } else {
    running++;
  }
  try {
    return await hash();
  } finally {
    const next = waiting.shift();
    if (next) {
      next();
    } else {
      running--;
    }
  }
}

/** Better Auth's own password hash (scrypt in a thread), with a limit on how many run at once. */
export const passwordHashing = {
  hash: (password: string) => limited(() => hashPassword(password)),
  verify: (input: { hash: string; password: string }) => limited(() => verifyPassword(input)),
};
