/** Thrown when a body cannot be read; the message says why, fit for the client. */
export class Malformed extends Error {
  override readonly name = 'Malformed';
}
