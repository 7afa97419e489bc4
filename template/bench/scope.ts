import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DatabaseModule } from '../../apps/api/src/database/database.module.js';
import type { OwnedRepository } from '../../apps/api/src/database/owned-repository.js';
import { OwnerScope } from '../../apps/api/src/database/owner-scope.js';
import { Task } from '../../apps/api/src/tasks/task.entity.js';
import { lowerQuartile } from './statistics.js';

const CALLS_OF_A_ROUND = 400;
const CONCURRENCY = 10;
const LIST = 'SELECT * FROM tasks ORDER BY id DESC LIMIT 21';

/**
 * Compares a list of `OwnedRepository` with the same list in an owner scope, without HTTP, in short alternating rounds.
 * @returns rows of a Markdown table: CPU time per list in microseconds (lower quartile), and the ratio.
 */
export async function measureScope(url: string, users: number, rounds: number): Promise<string[][]> {
  @Module({
    imports: [
      DatabaseModule.forRoot({ url }, { maxRows: 1_000_000, maxBytes: 1_000_000_000 }),
      DatabaseModule.forFeature(Task),
    ],
  })
  class BenchModule {}

  const app = await NestFactory.createApplicationContext(BenchModule, { logger: false });
  const scope = app.get(OwnerScope);
  const tasks = app.get<OwnedRepository<Task>>('OwnedRepository<Task>', { strict: false });
  const fast = (owner: string) => tasks.findPage(owner, { limit: 20, sort: '-createdAt' });
  const sql = (owner: string) => scope.run(owner, (manager) => manager.query(LIST));
  const find = (owner: string) =>
    scope.run(owner, (manager) => manager.find(Task, { order: { id: 'DESC' }, take: 21 }));
  const variants: [name: string, call: (owner: string, index: number) => Promise<unknown>][] = [
    ['`OwnedRepository.findPage`', fast],
    ['`manager.query` in a scope', sql],
    ['`manager.find` in a scope', find],
    ['half `findPage`, half `manager.query`, one pool', (owner, index) => (index % 2 ? sql : fast)(owner)],
  ];
  const samples = variants.map((): number[] => []);
  for (let round = -2; round < rounds; round++) {
    for (const [position, [, call]] of variants.entries()) {
      const cpu = await cpuPerCall(call, users);
      if (round >= 0) {
        samples[position]!.push(cpu);
      }
    }
  }
  await app.close();
  const [baseline] = samples.map(lowerQuartile) as [number];
  return variants.map(([name], position) => {
    const cpu = lowerQuartile(samples[position]!);
    return [name, cpu.toFixed(0), (cpu / baseline).toFixed(2)];
  });
}

async function cpuPerCall(call: (owner: string, index: number) => Promise<unknown>, users: number) {
  const before = process.cpuUsage();
  let index = 0;
  await Promise.all(
    Array.from({ length: CONCURRENCY }, async () => {
      while (index < CALLS_OF_A_ROUND) {
        index += 1;
        await call(`user-${(index % users) + 1}`, index);
      }
    }),
  );
  const { user, system } = process.cpuUsage(before);
  return (user + system) / CALLS_OF_A_ROUND;
}
