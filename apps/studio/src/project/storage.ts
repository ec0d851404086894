import { type Signal, signal } from '@preact/signals'
import { describeError } from '../app/describe-error.ts'
import { openDatabase, type ProjectDatabase } from './database.ts'

/** Why changes are not stored; undefined while all is well. */
export const storageProblem: Signal<string | undefined> = signal(undefined)

let opening: Promise<ProjectDatabase | undefined> | undefined

/** Opens the database; undefined, with the reason in {@link storageProblem}, if the browser stores nothing. */
export function useDatabase(): Promise<ProjectDatabase | undefined> {
  opening ??= openDatabase().catch((error: unknown) => {
    const { title } = describeError(error)
    storageProblem.value = `This window stores nothing (${title}). Labels are lost when it is closed: export them before.`
    return undefined
  })
  return opening
}

/** Stores a change; at the second time too, it leaves the database as it was after the first. */
type Write = (database: ProjectDatabase) => Promise<void>

/** Milliseconds until changes are stored again after a failure. */
const RETRY_MS = 5000

let database: ProjectDatabase | undefined

/** The changes since all were stored, oldest first. */
let changes: Write[] = []
/** Changes that are being stored. */
let running = 0
let hasFailed = false
let retryTimer: ReturnType<typeof setTimeout> | undefined
/** Actions that wait until all changes are stored. */
let waiting: (() => void)[] = []

/** Makes the database ready for {@link store}, which must not wait. What is read then includes the changes that failed before, if possible. */
export async function prepareStorage(): Promise<void> {
  database = await useDatabase()
  if (hasFailed) storeAgain()
}

/** Stores a change at once. A failure is shown until the change is stored: it is tried again every few seconds. */
export function store(write: Write): void {
  if (!database) return
  changes.push(write)
  start(write, database)
}

/** Runs an action once all changes are stored: at once, unless some are being stored or have failed. */
export function runWhenStored(action: () => void): void {
  if (changes.length === 0) action()
  else waiting.push(action)
}

async function start(write: Write, target: ProjectDatabase): Promise<void> {
  running++
  try {
    await write(target)
  } catch (error) {
    hasFailed = true
    const isFull = error instanceof DOMException && error.name === 'QuotaExceededError'
    const reason = isFull ? 'the space of the browser is used up' : describeError(error).title
    storageProblem.value = `The last changes are not stored: ${reason}. Export your labels now.`
  }
  running--
  if (running > 0) return
  if (hasFailed) retryTimer ??= setTimeout(storeAgain, RETRY_MS)
  else {
    const actions = waiting
    waiting = []
    changes = []
    storageProblem.value = undefined
    for (const action of actions) action()
  }
}

/** Stores all changes again, in their order: a later one may replace one that failed. */
function storeAgain(): void {
  clearTimeout(retryTimer)
  retryTimer = undefined
  hasFailed = false
  for (const write of changes) if (database) start(write, database)
}
