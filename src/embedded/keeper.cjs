// Runs one server as long as its own input stays open, so that no server outlives the process that started
// it, however that process ends. Detached from the terminal, whose Ctrl-C would otherwise reach the server
// first. Usage: node keeper.cjs SIGNAL UID|- GID|- COMMAND [ARGUMENT…]
const { spawn } = require('node:child_process');

const [signal, uid, gid, command, ...args] = process.argv.slice(2);
const identity = uid === '-' ? {} : { uid: Number(uid), gid: Number(gid) };
const server = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], ...identity });

server.on('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 127;
  process.stdin.destroy();
});
server.on('exit', (code) => process.exit(code ?? 1));
process.stdin.on('close', () => server.kill(signal)).resume();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => server.kill(signal));
