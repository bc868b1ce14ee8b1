import { hostname } from 'node:os';
import { Connection } from '@temporalio/client';
import { taskQueues } from '../workflows/protocol';
import { requireServers, type ServiceConfig } from './config';
import { runTask } from './process';
import { temporalConnection } from './temporal-connection';

/** `node dist/worker-health.js`: succeeds if a worker on this machine (or in this container) takes work. */
export function main(): Promise<void> {
  return runTask(async (config) => {
    if (await takesWork(requireServers(config), hostname())) return;
    throw new Error('Temporal has heard of no worker on this machine for some minutes');
  });
}

/** Temporal's numbers of the kind of task each queue carries. */
const taskTypes = { ledger: 2, holds: 1, jobs: 1 } as const;

/** Whether a worker on a machine of that name has asked every task queue for work in the last minutes. */
export async function takesWork(config: ServiceConfig, machine: string): Promise<boolean> {
  const connection = await Connection.connect(temporalConnection(config));
  const queues = taskQueues(config.temporalTaskQueue);
  const describe = (name: string, taskQueueType: number) =>
    connection.workflowService.describeTaskQueue({
      namespace: config.temporalNamespace,
      taskQueue: { name },
      taskQueueType,
    });
  try {
    const answers = await Promise.all(
      (['ledger', 'holds', 'jobs'] as const).map((queue) => describe(queues[queue], taskTypes[queue])),
    );
    return answers.every(({ pollers }) => pollers?.some(({ identity }) => identity?.endsWith(`@${machine}`)));
  } finally {
    await connection.close();
  }
}
