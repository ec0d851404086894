import { beforeEach, expect, test } from '@jest/globals'
import { lockProject, runWithLock } from './project-lock.ts'

type Callback = (lock: object | null) => unknown

/** Names of locks and who waits for them, as browsers have them (Web Locks API); the answer to a request comes later. */
const owned = new Map<string, Callback[]>()

async function grant(name: string, callback: Callback): Promise<unknown> {
  const result = await callback({ name })
  const next = owned.get(name)?.shift()
  if (next) grant(name, next)
  else owned.delete(name)
  return result
}

const locks = {
  async request(name: string, options: { ifAvailable?: boolean; signal?: AbortSignal }, callback: Callback) {
    options.signal?.throwIfAborted()
    await new Promise(setImmediate)
    options.signal?.throwIfAborted()
    const waiting = owned.get(name)
    if (!waiting) {
      owned.set(name, [])
      return grant(name, callback)
    }
    if (options.ifAvailable) return callback(null)
    waiting.push(callback)
    return undefined
  },
}
Object.assign(globalThis, { navigator: { locks } })

async function waitForAnswers(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise(setImmediate)
}

/** Answers that the tabs of the test received, in order. */
let answers: string[] = []

function openTab(tab: string): { readonly release: () => void } {
  return lockProject('p', (isOwner) => answers.push(`${tab} ${isOwner}`))
}

beforeEach(() => {
  answers = []
})

test('one tab has the lock; the next gets it when that one gives it back', async () => {
  const first = openTab('first')
  await waitForAnswers()
  const second = openTab('second')
  await waitForAnswers()
  expect(answers).toEqual(['first true', 'second false'])
  first.release()
  await waitForAnswers()
  expect(answers).toEqual(['first true', 'second false', 'second true'])
  second.release()
  await waitForAnswers()
  expect(owned.size).toBe(0)
})

test('a tab that closes the project before the browser answers keeps no lock', async () => {
  openTab('first').release()
  await waitForAnswers()
  expect([answers, owned.size]).toEqual([[], 0])
})

test('a tab that closes the project before it knows that another one has it open does not wait for it', async () => {
  const first = openTab('first')
  await waitForAnswers()
  openTab('second').release()
  await waitForAnswers()
  first.release()
  await waitForAnswers()
  expect([answers, owned.size]).toEqual([['first true'], 0])
})

test('an action that needs the lock runs only while no tab has it', async () => {
  const runs: string[] = []
  const tab = openTab('first')
  await waitForAnswers()
  expect(await runWithLock('p', () => runs.push('while it is open'))).toBe(false)
  expect(await runWithLock('q', () => runs.push('on another project'))).toBe(true)
  tab.release()
  await waitForAnswers()
  expect(await runWithLock('p', () => runs.push('after it was closed'))).toBe(true)
  expect(runs).toEqual(['on another project', 'after it was closed'])
  expect(owned.size).toBe(0)
})
