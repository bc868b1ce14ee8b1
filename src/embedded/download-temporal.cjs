// Has the SDK download the Temporal CLI, in a process of its own, since the SDK's runtime can be configured
// only before its first use and its download cannot be called off. Usage: node download-temporal.cjs FOLDER
// VERSION
const { TestWorkflowEnvironment } = require('@temporalio/testing');

const [downloadDir, version] = process.argv.slice(2);
const executable = { type: 'cached-download', downloadDir, version };

TestWorkflowEnvironment.createLocal({ server: { executable } })
  .then((environment) => environment.teardown())
  .catch((error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  });
