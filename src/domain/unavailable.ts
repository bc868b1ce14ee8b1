/** Thrown when a server that is needed cannot be asked now: the same request may succeed a moment later. */
export class Unavailable extends Error {
  override readonly name: string = 'Unavailable';
}
