import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals'
import { acquireLock } from './lock.ts'

const subject = 'the folder'
let folder = ''
let path = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'facekp-lock-'))
  path = join(folder, 'lock')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const write = (holder: object): Promise<void> => writeFile(path, JSON.stringify({ token: 'other', ...holder }))

test('a second one is refused with the number of the program, and gets the lock once it is released', async () => {
  const lock = await acquireLock(path, { subject })
  await expect(acquireLock(path, { subject })).rejects.toMatchObject({
    code: 'LOCKED',
    file: path,
    received: `program ${process.pid}`,
  })
  const waiting = acquireLock(path, { subject, waitMs: 60_000 })
  lock.release()
  ;(await waiting).release()
  expect(await readdir(folder)).toEqual([])
})

test('the lock of a program that has ended is taken over, also if another has its number', async () => {
  const child = spawn(process.execPath, ['-e', ''])
  await once(child, 'exit')
  await write({ pid: child.pid, host: hostname() })
  ;(await acquireLock(path, { subject })).release()
  if (process.platform === 'linux') {
    await write({ pid: process.pid, host: hostname(), started: '1' })
    ;(await acquireLock(path, { subject })).release()
  }
  expect(await readdir(folder)).toEqual([])
})

test('one of another thread of this program is taken over if that is asked for, and not one of another program', async () => {
  await write({ pid: process.pid, host: hostname(), thread: 7 })
  await expect(acquireLock(path, { subject })).rejects.toMatchObject({ code: 'LOCKED' })
  const lock = await acquireLock(path, { subject, isTakenFromThreads: true })
  await expect(acquireLock(path, { subject, isTakenFromThreads: true })).rejects.toMatchObject({ code: 'LOCKED' })
  lock.release()
  await write({ pid: process.ppid, host: hostname(), thread: 7 })
  await expect(acquireLock(path, { subject, isTakenFromThreads: true })).rejects.toMatchObject({ code: 'LOCKED' })
  await rm(path)
})

test('one of another machine is respected, and one that was left half written only for a while', async () => {
  await write({ pid: 1, host: 'elsewhere' })
  await expect(acquireLock(path, { subject })).rejects.toMatchObject({ received: 'program 1 on elsewhere' })
  await writeFile(path, '{"pi')
  await expect(acquireLock(path, { subject })).rejects.toMatchObject({ code: 'LOCKED' })
  await utimes(path, 0, 0)
  const lock = await acquireLock(path, { subject })
  expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ pid: process.pid, host: hostname() })
  lock.release()
})

test('one of another machine that is no longer renewed is taken over, whatever the clocks say', async () => {
  await write({ pid: 1, host: 'elsewhere', leaseMs: 200 })
  await utimes(path, new Date(), new Date('2100-01-01'))
  ;(await acquireLock(path, { subject, waitMs: 60_000 })).release()
  expect(await readdir(folder)).toEqual([])
})

test('one of another machine that is renewed is waited for until it is released', async () => {
  const leaseMs = 2000
  await write({ pid: 1, host: 'elsewhere', leaseMs })
  // Each look reads the clock.
  let clockMs = 0
  let looks = 0
  const clock = jest.spyOn(performance, 'now').mockImplementation(() => {
    looks++
    return clockMs
  })
  try {
    let isReleased = false
    const waiting = acquireLock(path, { subject, waitMs: 60_000 }).then((lock) => {
      expect(isReleased).toBe(true)
      return lock
    })
    for (let renewal = 1; renewal <= 4; renewal++) {
      await utimes(path, renewal, renewal)
      const before = looks
      while (looks === before) await sleep(5)
      clockMs += leaseMs
    }
    isReleased = true
    await rm(path)
    ;(await waiting).release()
  } finally {
    clock.mockRestore()
  }
})

test('one of another machine that is renewed is refused, also without waiting for its release', async () => {
  await write({ pid: 1, host: 'elsewhere', leaseMs: 3_600_000 })
  const refused = acquireLock(path, { subject }).catch((error: unknown) => error)
  // The first look comes before the renewals.
  let isRefused = false
  void refused.then(() => {
    isRefused = true
  })
  for (let renewal = 1; !isRefused; renewal++) {
    await utimes(path, renewal, renewal)
    await sleep(5)
  }
  expect(await refused).toMatchObject({ code: 'LOCKED', received: 'program 1 on elsewhere' })
})

test('renews a lock until it is released', async () => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'performance', 'Date'] })
  try {
    const lock = await acquireLock(path, { subject })
    await utimes(path, 0, 0)
    jest.advanceTimersByTime(10_000)
    expect((await stat(path)).mtimeMs).toBeGreaterThan(0)
    lock.release()
    expect(jest.getTimerCount()).toBe(0)
  } finally {
    jest.useRealTimers()
  }
})

if (process.platform === 'linux') {
  test('the lock of a program that has ended unnoticed is taken over', async () => {
    // The shell becomes a program that does not ask how its child has ended.
    const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'])
    const pid = Number(String((await once(parent.stdout, 'data'))[0]))
    try {
      // A shell would ask.
      while ((await readFile(`/proc/${parent.pid}/comm`, 'utf8')) !== 'sleep\n') await new Promise(setImmediate)
      process.kill(pid, 'SIGKILL')
      while (!(await readFile(`/proc/${pid}/stat`, 'utf8')).includes(') Z ')) await new Promise(setImmediate)
      await write({ pid, host: hostname() })
      ;(await acquireLock(path, { subject })).release()
      expect(await readdir(folder)).toEqual([])
    } finally {
      parent.kill('SIGKILL')
    }
  })
}
