/** The right to change a project, which one tab has at a time. */
export interface ProjectLock {
  /** Gives it back. */
  readonly release: () => void
}

/**
 * Asks for the right to change a project.
 *
 * @param onChange is called with true once this tab may change it, and before that with false if another tab has it open
 */
export function lockProject(id: string, onChange: (isOwner: boolean) => void): ProjectLock {
  const controller = new AbortController()
  let release = (): void => controller.abort()
  const name = `facekp-studio ${id}`
  const hold = (): Promise<void> => {
    onChange(true)
    return new Promise((resolve) => {
      release = resolve
    })
  }
  // Pages without https have no locks.
  if (!navigator.locks) {
    onChange(true)
    return { release: () => undefined }
  }
  navigator.locks
    .request(name, { ifAvailable: true }, async (lock) => {
      if (lock) return hold()
      onChange(false)
      // Outside of this callback, which must end.
      queueMicrotask(() => {
        navigator.locks.request(name, { signal: controller.signal }, hold).catch(() => undefined)
      })
      return undefined
    })
    .catch(() => undefined)
  return { release: () => release() }
}
