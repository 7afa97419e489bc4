/**
 * `npm run bench:verify`: measures the verification of an RS256 token, from the header to the user, with and without the
 * guard, compared with `crypto.verify` and a parsed key. Exits with 1 if the strategy takes more than 1.8 times as long.
 */
import { verify } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { AuthModule, JwtAuthGuard, JwtStrategy, TokenVerifier } from '@app/auth';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { AUDIENCE, startIssuer } from './issuer.js';

const ROUNDS = 41;
const VERIFICATIONS_OF_A_ROUND = 500;
const LIMIT = 1.8;

@Module({})
class BenchModule {}

const { issuer, jwksUrl, publicKey, token: tokenOf, close } = await startIssuer();
const app = await NestFactory.createApplicationContext(
  { module: BenchModule, imports: [AuthModule.forRoot({ issuer, jwksUrl, audience: AUDIENCE })] },
  { logger: false },
);
const verifier = app.get(TokenVerifier, { strict: false });
const strategy = app.get(JwtStrategy, { strict: false });
const guard = app.get(JwtAuthGuard, { strict: false });

const token = tokenOf(1);
const authorization = `Bearer ${token}`;
const request = { headers: { authorization }, raw: { rawHeaders: ['Authorization', authorization] } };
const [header, payload, encodedSignature] = token.split('.') as string[];
const signed = Buffer.from(`${header}.${payload}`);
const signature = Buffer.from(encodedSignature as string, 'base64url');

class Handler {
  handle(): void {}
}

/** The measured functions. Each throws if it rejects the token. */
const variants: Record<string, () => unknown> = {
  'crypto.verify': () => {
    if (!verify('RSA-SHA256', signed, publicKey, signature)) {
      throw new Error('The token was rejected.');
    }
  },
  'the verifier': () => verifier.verify(token),
  'the strategy': () => strategy.authenticateRequest({ ...request }),
  'with the guard': () =>
    guard.canActivate(new ExecutionContextHost([{ ...request }, {}], Handler, Handler.prototype.handle)),
};

/** Returns the microseconds of one verification. */
async function round(run: () => unknown): Promise<number> {
  const startedAt = performance.now();
  for (let count = 0; count < VERIFICATIONS_OF_A_ROUND; count++) {
    await run();
  }
  return ((performance.now() - startedAt) * 1000) / VERIFICATIONS_OF_A_ROUND;
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] as number;

// The keys are downloaded in the background.
await sleep(500);
const times = new Map<string, number[]>(Object.keys(variants).map((name) => [name, []]));
for (let count = -3; count < ROUNDS; count++) {
  for (const [name, run] of Object.entries(variants)) {
    const microseconds = await round(run);
    // The first rounds warm up.
    if (count >= 0) {
      times.get(name)?.push(microseconds);
    }
  }
}
await app.close();
close();

const bare = median(times.get('crypto.verify') as number[]);
for (const [name, values] of times) {
  const microseconds = median(values);
  console.log(
    `${name.padEnd(15)} ${microseconds.toFixed(1).padStart(6)} µs  ${(microseconds / bare).toFixed(2)}`,
  );
}
process.exit(median(times.get('the strategy') as number[]) <= LIMIT * bare ? 0 : 1);
