import { hostname } from 'node:os';
import { takesWork } from '../../src/worker-health';
import { type Backend, startBackend } from '../support/service';

let backend: Backend;
beforeAll(async () => {
  backend = await startBackend();
});
afterAll(() => backend.close());

test('a worker on this machine is seen taking work, one elsewhere is not', async () => {
  while (!(await takesWork(backend.config, hostname()))) await new Promise(setImmediate);
  expect(await takesWork(backend.config, `not-${hostname()}x`)).toBe(false);
});

test('a worker of other task queues does not count', async () => {
  const config = { ...backend.config, temporalTaskQueue: `${backend.config.temporalTaskQueue}-other` };
  expect(await takesWork(config, hostname())).toBe(false);
});
