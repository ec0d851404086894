/**
 * Blocks this thread, as a backend that computes synchronously does, and leaves the processor to others.
 *
 * @param ms milliseconds (default: until the process is killed)
 */
export function blockThread(ms?: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}
