import type { Outcome, Task } from './worker-task.ts'

const MAX_CHUNK_SIZE = 8

interface PendingTask {
  readonly task: Task
  resolve(outcome: Outcome): void
  reject(error: unknown): void
}

/**
 * Creates a function that runs a task in a worker, up to eight tasks of one batch per message.
 *
 * Chunks save main-thread time: one message costs about as much as a good part of an augmentation.
 */
export function createChunkedRunner(
  threads: number,
  run: (tasks: readonly Task[]) => Promise<readonly Outcome[]>,
): (task: Task) => Promise<Outcome> {
  let pending: PendingTask[] = []
  const send = async (chunk: readonly PendingTask[]): Promise<void> => {
    try {
      const outcomes = await run(chunk.map(({ task }) => task))
      for (const [i, { resolve }] of chunk.entries()) resolve(outcomes[i] as Outcome)
    } catch (error) {
      for (const { reject } of chunk) reject(error)
    }
  }
  const sendAll = (): void => {
    const size = Math.min(MAX_CHUNK_SIZE, Math.ceil(pending.length / threads))
    for (let from = 0; from < pending.length; from += size) void send(pending.slice(from, from + size))
    pending = []
  }
  return (task) =>
    new Promise((resolve, reject) => {
      // A microtask runs after all tasks of a batch are requested, but before the main thread continues with other work.
      if (pending.length === 0) queueMicrotask(sendAll)
      pending.push({ task, resolve, reject })
    })
}
