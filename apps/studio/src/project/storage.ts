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

let database: ProjectDatabase | undefined

/** Makes the database ready for {@link store}, which must not wait. */
export async function prepareStorage(): Promise<void> {
  database = await useDatabase()
}

/** Stores a change at once. A failure is shown until a later change is stored. */
export function store(write: (database: ProjectDatabase) => Promise<void>): void {
  if (!database) return
  write(database).then(
    () => {
      storageProblem.value = undefined
    },
    (error: unknown) => {
      const isFull = error instanceof DOMException && error.name === 'QuotaExceededError'
      const reason = isFull ? 'the space of the browser is used up' : describeError(error).title
      storageProblem.value = `The last change is not stored: ${reason}. Export your labels now.`
    },
  )
}
