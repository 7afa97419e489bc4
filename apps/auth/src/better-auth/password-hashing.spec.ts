import { stat } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { hashPassword } from 'better-auth/crypto';
import { passwordHashing } from './password-hashing.js';

const password = 'correct horse battery';

describe('passwordHashing', () => {
  it("verifies Better Auth's own hashes, and the reverse", async () => {
    const hash = await hashPassword(password);
    expect(await passwordHashing.verify({ hash, password })).toBe(true);
    expect(await passwordHashing.verify({ hash, password: 'another' })).toBe(false);
    expect(await passwordHashing.verify({ hash: await passwordHashing.hash(password), password })).toBe(true);
  });

  it('leaves threads free while many passwords are hashed', async () => {
    let finished = 0;
    const hashes = Array.from({ length: 20 }, () => passwordHashing.hash(password).then(() => finished++));
    await stat('.');
    expect(finished).toBeLessThan(10);
    await Promise.all(hashes);
    expect(finished).toBe(20);
  });

  it('continues after a failure', async () => {
    const invalid = Array.from({ length: 4 }, () => passwordHashing.verify({ hash: 'invalid', password }));
    expect((await Promise.allSettled(invalid)).map(({ status }) => status)).toEqual(
      Array.from({ length: 4 }, () => 'rejected'),
    );
    expect(await passwordHashing.hash(password)).toContain(':');
  });

  it('rejects with 503 when a hundred others wait', async () => {
    const attempts = Array.from({ length: 110 }, () => passwordHashing.verify({ hash: 'invalid', password }));
    const reasons = (await Promise.allSettled(attempts)).map(
      (result) => (result as PromiseRejectedResult).reason,
    );
    const busy = reasons.filter(({ statusCode }) => statusCode === 503);
    expect(busy).toHaveLength(8);
    expect(busy[0].headers).toEqual({ 'X-Retry-After': '5' });
    expect(await passwordHashing.hash(password)).toContain(':');
  });
});
