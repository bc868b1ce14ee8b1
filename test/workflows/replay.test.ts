import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from '@temporalio/worker';
import { testServers } from '../support/servers';

const folder = join(__dirname, 'histories');
const histories = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.json'),
);

const replay = (history: unknown) =>
  Worker.runReplayHistory({ workflowBundle: { codePath: testServers().workflowBundlePath } }, history);

test.each(histories)('%s replays on the workflows of today', async (file) => {
  await replay(JSON.parse(readFileSync(join(folder, file), 'utf8')));
});

test('a history that today’s workflows would not make fails', async () => {
  const file = histories.find((name) => name.endsWith('hold-timeout.json')) as string;
  const history = readFileSync(join(folder, file), 'utf8').replaceAll(
    'TIMER_STARTED',
    'WORKFLOW_EXECUTION_SIGNALED',
  );
  await expect(replay(JSON.parse(history))).rejects.toThrow();
});
