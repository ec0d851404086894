/** Why a training ends whose time is over. */
export const TIME_IS_OVER: Error = new Error('the time limit of the training is over')

/**
 * Whether so many seconds have passed since this was called.
 *
 * @param now milliseconds
 */
export function timeLimit(seconds: number, now: () => number = () => performance.now()): () => boolean {
  const start = now()
  return () => now() - start >= seconds * 1000
}
