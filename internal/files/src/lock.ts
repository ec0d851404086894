import { randomUUID } from 'node:crypto'
import {
  closeSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { threadId } from 'node:worker_threads'
import { FacekpError } from '@facekp/core'

/** Age from which a lock that names no program is the leftover of an interrupted write. */
const UNFINISHED_MS = 10_000

const MIN_PAUSE_MS = 20
const MAX_PAUSE_MS = 1000

/** Milliseconds without renewal after which programs of other machines take a lock over. */
const LEASE_MS = 60_000

/** Several renewals may fail or be late before the lease ends. */
const RENEWAL_MS = 10_000

/** The program that holds a lock. */
interface Holder {
  readonly pid: number
  readonly host: string
  /** When the program began, by which it differs from another with its number; absent if the system does not say. */
  readonly started?: string | undefined
  /** Number of the thread in its program. */
  readonly thread?: number | undefined
  /** Milliseconds for which the lock is valid after each renewal; absent if it is not renewed. */
  readonly leaseMs?: number | undefined
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

/** A lock of another machine as it was last seen to change. */
interface Sighting {
  readonly token: string
  readonly mtimeMs: number
  readonly seenAt: number
  /** Whether its holder has renewed it since. */
  readonly isRenewed: boolean
}

/**
 * Takes a lock: a file that names this program, which renews its time. That of a program that has ended is taken over. Whether one of
 * another machine has ended cannot be asked: this waits until its lock is renewed, or takes it over after a minute without a renewal. The
 * time is that of this machine alone: clocks may differ.
 *
 * @param path of the lock file
 * @throws FacekpError `LOCKED` if another program, or another part of this one, holds the lock; the file system's own errors
 */
export async function acquireLock(
  path: string,
  { subject, waitMs = 0, isTakenFromThreads = false }: LockOptions,
): Promise<Lock> {
  const end = performance.now() + waitMs
  let sighting: Sighting | undefined
  for (let pauseMs = MIN_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, MAX_PAUSE_MS)) {
    const held = tryLock(path, isTakenFromThreads)
    if ('release' in held) return held
    sighting = updateSighting(path, held, sighting)
    if (held.leaseMs && sighting && performance.now() - sighting.seenAt > held.leaseMs) removeStale(path, held)
    else if (performance.now() >= end && (!held.leaseMs || sighting?.isRenewed !== false))
      throw lockedError(path, subject, held)
    else await sleep(pauseMs)
  }
}

/** Returns when the present state of a lock of another machine was first seen; undefined for one of this machine. */
function updateSighting(path: string, { host, token }: Holder, last: Sighting | undefined): Sighting | undefined {
  const mtimeMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs
  if (host === hostname() || mtimeMs === undefined) return undefined
  if (last?.token === token && last.mtimeMs === mtimeMs) return last
  return { token, mtimeMs, seenAt: performance.now(), isRenewed: last?.token === token }
}

function tryLock(path: string, isTakenFromThreads: boolean): Lock | Holder {
  const { pid } = process
  const token = randomUUID()
  const { started } = readProcess(pid)
  const holder: Holder = { pid, host: hostname(), started, thread: threadId, leaseMs: LEASE_MS, token }
  for (;;) {
    try {
      createFile(path, JSON.stringify(holder))
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

/** Creates a file; throws if there is one. A disk that is too full for its text is left without it. */
function createFile(path: string, text: string): void {
  const file = openSync(path, 'wx')
  let isWritten = false
  try {
    writeFileSync(file, text)
    isWritten = true
  } finally {
    closeSync(file)
    if (!isWritten) rmSync(path, { force: true })
  }
}

function createLock(path: string, token: string): Lock {
  const renewal = setInterval(() => renew(path, token), RENEWAL_MS).unref()
  const release = (): void => {
    clearInterval(renewal)
    process.off('exit', release)
    if (readHolder(path)?.token === token) rmSync(path, { force: true })
  }
  process.on('exit', release)
  return { release }
}

/** Shows programs of other machines that the holder of a lock still runs. */
function renew(path: string, token: string): void {
  try {
    if (readHolder(path)?.token === token) utimesSync(path, new Date(), new Date())
  } catch {
    // The disk may be away; the lease is longer than several renewals.
  }
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
    const holder = JSON.parse(text) as Holder
    return Number.isInteger(holder.pid) && holder.pid > 0 ? holder : undefined
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
