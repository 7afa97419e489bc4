import 'reflect-metadata';
import { loadEnvironment, postgresUrl, runCommand } from '@app/server/environment';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { type DemoTask, demoTasks } from './demo-tasks.js';
import { Task } from '../tasks/task.entity.js';

// Creates demo tasks for a user who has no tasks yet. Usage: seed.ts USER_ID
const [ownerId] = process.argv.slice(2);
if (!ownerId) {
  throw new Error('The user id is missing. Usage: seed.ts USER_ID');
}
process.env.DATABASE_URL = loadEnvironment(z.object({ DATABASE_URL: postgresUrl() })).DATABASE_URL;
const { default: dataSource } = await import('../database/data-source.js');
await runCommand(async () => {
  await dataSource.initialize();
  try {
    const tasks = dataSource.getRepository(Task);
    if (!(await tasks.existsBy({ ownerId }))) {
      await tasks.insert(demoTasks.map((task, index) => toRow(ownerId, task, index)));
      console.log(`api: ${demoTasks.length} demo tasks created`);
    }
  } finally {
    await dataSource.destroy();
  }
});

/** The id contains the creation time, because lists sort by id. */
function toRow(
  owner: string,
  { createdDaysAgo, dueInDays, ...task }: DemoTask,
  index: number,
): Partial<Task> {
  const createdAt = new Date(Math.min(atDay(-createdDaysAgo, 7, index).getTime(), Date.now()));
  return {
    ...task,
    ownerId: owner,
    id: uuidv7({ msecs: createdAt.getTime() }),
    // The end of the day, as the web app sets it.
    dueAt: dueInDays === undefined ? null : atDay(dueInDays, 23, 59).toISOString(),
    createdAt: createdAt.toISOString(),
    updatedAt: createdAt.toISOString(),
  };
}

function atDay(days: number, hour: number, minute = 0): Date {
  const date = new Date();
  date.setDate(date.getDate() + days);
  date.setHours(hour, minute, 0, 0);
  return date;
}
