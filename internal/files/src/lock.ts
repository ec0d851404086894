import { randomUUID } from 'node:crypto'
import { linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { threadId } from 'node:worker_threads'
import { FacekpError } from '@facekp/core'

/** Age from which a lock that names no program is the leftover of an interrupted write. */
const UNFINISHED_MS = 10_000

const POLL_MS = 20

/** The program that holds a lock. */
interface Holder {
  readonly pid: number
  readonly host: string
  /** When the program began, by which it differs from another with its number; absent if the system does not say. */
  readonly started?: string | undefined
  /** Number of the thread in its program. */
  readonly thread?: number | undefined
  /** Differs for each lock. */
  readonly token: string
}

/** Options of {@link acquireLock}. */
export interface LockOptions {
  /** What is locked, for the error. */
  readonly subject: string
  /** Milliseconds to wait for another holder (default 0). */
  readonly waitMs?: number
  /** Whether the lock of another thread of this program is taken over, since a thread that is terminated releases none (default false). */
  readonly isTakenFromThreads?: boolean
}

/** A lock that excludes others until it is released or this program ends. */
export interface Lock {
  readonly release: () => void
}

/**
 * Takes a lock: a file that names this program. That of a program that has ended is taken over.
 *
 * @param path of the lock file
 * @throws FacekpError `LOCKED` if another program, or another part of this one, holds the lock; the file system's own errors
 */
export async function acquireLock(
  path: string,
  { subject, waitMs = 0, isTakenFromThreads = false }: LockOptions,
): Promise<Lock> {
  const end = performance.now() + waitMs
  for (;;) {
    const held = tryLock(path, isTakenFromThreads)
    if ('release' in held) return held
    if (performance.now() >= end) throw lockedError(path, subject, held)
    await sleep(POLL_MS)
  }
}

function tryLock(path: string, isTakenFromThreads: boolean): Lock | Holder {
  const { pid } = process
  const token = randomUUID()
  const holder: Holder = { pid, host: hostname(), started: readProcess(pid).started, thread: threadId, token }
  for (;;) {
    try {
      writeFileSync(path, JSON.stringify(holder), { flag: 'wx' })
      return createLock(path, token)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const other = readHolder(path)
    const isTaken = isTakenFromThreads && other?.pid === pid && other.host === holder.host && other.thread !== threadId
    if (other && isAlive(other) && !isTaken) return other
    if (other) removeStale(path, other)
  }
}

function createLock(path: string, token: string): Lock {
  const release = (): void => {
    process.off('exit', release)
    if (readHolder(path)?.token === token) rmSync(path, { force: true })
  }
  process.on('exit', release)
  return { release }
}

/** Reads who holds a lock; undefined if nobody does. */
function readHolder(path: string): Holder | undefined {
  try {
    const { mtimeMs } = statSync(path)
    const unknown: Holder = { pid: 0, host: Date.now() - mtimeMs > UNFINISHED_MS ? hostname() : '', token: '' }
    return parseHolder(readFileSync(path, 'utf8')) ?? unknown
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function parseHolder(text: string): Holder | undefined {
  try {
    const { pid, host, started, thread, token } = JSON.parse(text) as Holder
    return Number.isInteger(pid) && pid > 0 ? { pid, host, started, thread, token } : undefined
  } catch {
    return undefined
  }
}

/** Tests whether a program runs; one of another machine may. */
function isAlive({ pid, host, started }: Holder): boolean {
  if (host !== hostname()) return true
  if (pid === 0) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  const { state, started: current } = readProcess(pid)
  // Z: it has ended, but its parent has not asked how.
  if (state === 'Z') return false
  return started === undefined || current === undefined || current === started
}

/** Reads a program's state and when it began, in ticks since the machine started; nothing on systems other than Linux. */
function readProcess(pid: number): { readonly state?: string | undefined; readonly started?: string | undefined } {
  try {
    // The name of the program stands in parentheses and may hold spaces. Fields 3 and 22 of the line are 1 and 20 after it.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
    return { state: fields[0], started: fields[19] }
  } catch {
    return {}
  }
}

/** Removes the lock of a program that has ended, unless another has taken it over meanwhile. */
function removeStale(path: string, stale: Holder): void {
  const aside = `${path}.${randomUUID()}.tmp`
  try {
    renameSync(path, aside)
    if (readHolder(aside)?.token !== stale.token) linkSync(aside, path)
    rmSync(aside, { force: true })
  } catch (error) {
    // Another program was first.
    if (!['ENOENT', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
    rmSync(aside, { force: true })
  }
}

function lockedError(path: string, subject: string, { pid, host }: Holder): FacekpError {
  const isHere = host === hostname()
  return new FacekpError({
    code: 'LOCKED',
    file: path,
    problem: `${subject} is in use`,
    received: isHere ? `program ${pid}` : `program ${pid} on ${host || 'an unknown machine'}`,
    expected: isHere
      ? 'the program to end, or another folder'
      : 'the program to end (then remove this file), or another folder',
  })
}
