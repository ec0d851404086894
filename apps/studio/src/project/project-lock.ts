/** The right to change a project, which one tab has at a time. */
export interface ProjectLock {
  /** Gives it back; from then on, `onChange` is not called. */
  readonly release: () => void
}

/**
 * Asks for the right to change a project.
 *
 * @param onChange is called with true once this tab may change it, and before that with false if another tab has it open
 */
export function lockProject(id: string, onChange: (isOwner: boolean) => void): ProjectLock {
  const { locks } = navigator
  // Pages without https have no locks.
  if (!locks) {
    onChange(true)
    return { release: () => undefined }
  }
  const controller = new AbortController()
  const { signal } = controller
  const name = getLockName(id)
  // The project may be closed before the browser answers.
  const hold = async (): Promise<void> => {
    if (signal.aborted) return
    onChange(true)
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
  }
  locks
    .request(name, { ifAvailable: true }, async (lock) => {
      if (lock) return hold()
      if (signal.aborted) return
      onChange(false)
      // Outside of this callback, which must end.
      queueMicrotask(() => {
        locks.request(name, { signal }, hold).catch(() => undefined)
      })
    })
    .catch(() => undefined)
  return { release: () => controller.abort() }
}

/**
 * Runs an action while no tab may change a project.
 *
 * @returns whether it ran: false if another tab has the project open
 */
export async function runWithLock(id: string, action: () => void): Promise<boolean> {
  const { locks } = navigator
  if (!locks) {
    action()
    return true
  }
  return locks.request(getLockName(id), { ifAvailable: true }, (lock) => {
    if (lock) action()
    return lock !== null
  })
}

function getLockName(id: string): string {
  return `facekp-studio ${id}`
}
