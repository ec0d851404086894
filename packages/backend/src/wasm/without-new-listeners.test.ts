import { runInThisContext } from 'node:vm'
import { afterEach, expect, test } from '@jest/globals'
import { useBackend } from '../use-backend.ts'
import { withoutNewListeners } from './without-new-listeners.ts'

const EVENTS = ['uncaughtException', 'unhandledRejection'] as const
const existing = (): void => undefined
const another = (): void => undefined
afterEach(() => {
  for (const event of EVENTS) for (const listener of [existing, another]) process.off(event, listener)
})

test('removes the listeners that the start adds, and no other', async () => {
  process.on('uncaughtException', existing)
  process.on('unhandledRejection', existing)
  const before = [process.listeners('uncaughtException'), process.listeners('unhandledRejection')]
  const start = async (): Promise<string> => {
    process.on('uncaughtException', (error) => {
      throw error
    })
    process.on('unhandledRejection', (reason) => {
      throw reason
    })
    return 'started'
  }
  expect(await withoutNewListeners(start)).toBe('started')
  expect([process.listeners('uncaughtException'), process.listeners('unhandledRejection')]).toEqual(before)
})

test.each([
  ['tfjs-backend-wasm', 'function(ex){if(!(ex instanceof ExitStatus)){throw ex}}', 'function(reason){throw reason}'],
  [
    'dist of it',
    'function (ex) { if (!(ex instanceof ExitStatus)) {\n throw ex;\n } }',
    'function (e) {\n throw e;\n}',
  ],
  ['esbuild, minified', 'function(r){if(!(r instanceof on))throw r}', 'function(r){throw r}'],
  ['esbuild, syntax only', 'function(ex) {\n if (!(ex instanceof $))\n throw ex;\n}', 'function(e) {\n throw e;\n}'],
  ['arrows', '$=>{if(!($ instanceof t$))throw $}', '(e)=>{throw e}'],
])("removes Emscripten's listeners as %s writes them", async (_, ...sources) => {
  const before = EVENTS.map((event) => process.listeners(event as 'uncaughtException'))
  await withoutNewListeners(async () => {
    for (const [i, event] of EVENTS.entries()) process.on(event, runInThisContext(`(${sources[i]})`))
  })
  const after = EVENTS.map((event) => process.listeners(event as 'uncaughtException'))
  for (const [i, event] of EVENTS.entries()) {
    for (const listener of after[i] ?? []) if (!before[i]?.includes(listener)) process.off(event, listener)
  }
  expect(after).toEqual(before)
})

test.each([
  'function(e){console.error(e);throw e}',
  'function(e){throw new Error(e)}',
  'function(e){if(!(e instanceof t)){report(e)}}',
])('leaves %s', async (source) => {
  const listener = runInThisContext(`(${source})`)
  await withoutNewListeners(async () => {
    process.on('uncaughtException', listener)
  })
  const after = process.listeners('uncaughtException')
  process.off('uncaughtException', listener)
  expect(after).toContain(listener)
})

test('leaves the listeners that the program adds while the backend starts', async () => {
  await withoutNewListeners(async () => {
    for (const event of EVENTS) process.on(event, another)
  })
  for (const event of EVENTS) expect(process.listeners(event as 'uncaughtException')).toContain(another)
})

test('backend wasm itself leaves none', async () => {
  const before = EVENTS.map((event) => process.listeners(event as 'uncaughtException'))
  await useBackend('wasm')
  expect(EVENTS.map((event) => process.listeners(event as 'uncaughtException'))).toEqual(before)
})
