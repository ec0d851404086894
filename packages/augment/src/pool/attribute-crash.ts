import type { FacekpError } from '@facekp/core'
import { formatSampleName, restoreSampleError } from './sample-error.ts'
import { AUGMENTING, READING, type Slots, type Stage } from './slots.ts'
import type { Task } from './worker-task.ts'

/**
 * Creates a function to call for each unfinished task of a worker that ended; it finds the sample that ended the worker.
 *
 * The calls come in one turn of the event loop. Then `fail` gets an error that names the sample whose code called
 * `process.exit`, or, if that is unknown, the first of those in the latest stage.
 */
export function createCrashAttributor(
  slots: Slots,
  fail: (error: FacekpError) => void,
): (task: Task, error: Error) => Promise<void> {
  let unfinished: Task[] = []
  return async (task, error) => {
    unfinished.push(task)
    await new Promise((resolve) => setImmediate(resolve))
    if (unfinished.length === 0) return
    const suspects = findSuspects(unfinished, slots)
    unfinished = []
    const { slot, key } = suspects[0] as Task
    const others = suspects.length > 1 ? `, or for one of ${suspects.length - 1} other samples` : ''
    const problem = `worker ended ${describeStage(slots.getStage(slot))}${others}`
    fail(
      restoreSampleError(
        { problem, received: error.message, stack: error.stack },
        formatSampleName(slots.getId(slot), key.index),
      ),
    )
  }
}

function findSuspects(tasks: readonly Task[], slots: Slots): readonly Task[] {
  const exited = tasks.filter(({ slot }) => slots.hasExited(slot))
  if (exited.length > 0) return exited
  const latest = Math.max(...tasks.map(({ slot }) => slots.getStage(slot)))
  return tasks.filter(({ slot }) => slots.getStage(slot) === latest)
}

function describeStage(stage: Stage): string {
  if (stage === AUGMENTING) return 'while augmenting'
  return stage === READING ? 'while reading' : 'before reading'
}
