import { FacekpError } from '@facekp/core'
import { Redis } from 'ioredis'

/** Oldest Redis that BullMQ recommends. */
const MIN_VERSION = [6, 2] as const

/** Longest pause between two attempts to reconnect. */
const MAX_PAUSE_MS = 2000

/**
 * Connects to Redis for good: later losses of the connection are waited for.
 *
 * @param onWarning is called once for each loss
 * @throws FacekpError `JOBS_REDIS` if it is not there, refuses the password, or is older than 6.2
 */
export async function connect(url: string, onWarning: (warning: FacekpError) => void): Promise<Redis> {
  await checkServer(url)
  const redis = new Redis(url, {
    // BullMQ needs commands that wait for the server.
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(times * 100, MAX_PAUSE_MS),
  })
  let isWarned = false
  redis.on('ready', () => {
    isWarned = false
  })
  redis.on('error', (error) => {
    if (!isWarned) onWarning(serverError(url, error))
    isWarned = true
  })
  return redis
}

/** Connects once, so that errors of the first connection are thrown instead of waited for. */
async function checkServer(url: string): Promise<void> {
  const probe = new Redis(url, { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 })
  let reason: Error | undefined
  probe.on('error', (error) => {
    reason ??= error
  })
  try {
    await probe.connect()
    checkVersion(url, await probe.info('server'))
  } catch (error) {
    if (error instanceof FacekpError) throw error
    // The error of a command says less than that of the connection.
    throw serverError(url, reason ?? (error as Error))
  } finally {
    // It would wait two seconds for the end of a connection that has ended.
    if (probe.status !== 'end') probe.disconnect()
  }
}

function checkVersion(url: string, info: string): void {
  const [, version = 'unknown'] = /^redis_version:(.*?)\r?$/m.exec(info) ?? []
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > MIN_VERSION[0] || (major === MIN_VERSION[0] && minor >= MIN_VERSION[1])) return
  throw new FacekpError({
    code: 'JOBS_REDIS',
    file: hidePassword(url),
    problem: 'Redis is too old',
    received: `version ${version}`,
    expected: `Redis ${MIN_VERSION.join('.')} or later`,
  })
}

/** Creates the error of a server that is away or refuses the connection. */
function serverError(url: string, cause: Error): FacekpError {
  const { message } = cause
  const isRefused = /NOAUTH|WRONGPASS|invalid.*password|no password/i.test(message)
  return new FacekpError({
    code: 'JOBS_REDIS',
    file: hidePassword(url),
    problem: isRefused ? 'Redis refuses the password' : 'cannot reach Redis',
    received: message || (cause as NodeJS.ErrnoException).code,
    expected: isRefused
      ? 'the password of the server: redis://:PASSWORD@HOST:PORT'
      : 'a running server at that address: redis-server --appendonly yes',
    cause,
  })
}

/** Returns an address that may be printed. */
function hidePassword(url: string): string {
  const { protocol, host, pathname } = new URL(url)
  return `${protocol}//${host}${pathname}`
}
