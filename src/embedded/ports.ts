import { once } from 'node:events';
import { createServer } from 'node:net';

/** Thrown when a port one of our servers should listen on is in use; the message says what to set. */
class PortTaken extends Error {
  override readonly name = 'PortTaken';

  constructor(port: number, variable: string) {
    super(
      `Port ${port} is taken. Stop what uses it, or set ${variable} to another port (0 takes any free one).`,
    );
  }
}

/**
 * Makes sure that a server can listen at a port; 0 becomes a free port.
 * Throws PortTaken, naming the environment variable that moves it.
 */
export async function claimPort(port: number, variable: string, host = '127.0.0.1'): Promise<number> {
  const probe = createServer();
  probe.listen(port, host);
  try {
    await once(probe, 'listening');
  } catch (error) {
    const isTaken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
    throw isTaken ? new PortTaken(port, variable) : error;
  }
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  return typeof address === 'object' && address ? address.port : port;
}
