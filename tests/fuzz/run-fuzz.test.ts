import { beforeAll, expect, test } from '@jest/globals'
import { READERS } from './faulty-readers.ts'
import { runFuzz } from './run-fuzz.ts'

const OPTIONS = { table: new URL('faulty-readers.ts', import.meta.url).href, seed: 5 }
let failures: ReadonlyMap<string, string | undefined>
beforeAll(async () => {
  const { hang: _, ...others } = READERS
  // A slow machine is silent as long as a reader that hangs: only that one is given little time.
  const hangFailures = await runFuzz({ ...OPTIONS, readers: ['hang'], runs: 20 }, { silenceMs: 4000 })
  const otherFailures = await runFuzz({ ...OPTIONS, readers: Object.keys(others), runs: 20 })
  failures = new Map([...hangFailures, ...otherFailures])
})

test('a sound reader passes, and those behind one that stops the program are read', () => {
  expect(failures.get('sound')).toBeUndefined()
  expect(failures.size).toBe(Object.keys(READERS).length)
})

test.each([
  ['rawError', 'of a reader'],
  ['rawErrorLater', 'of a reader, later'],
  ['crash', 'of no reader'],
  ['hang', 'hangs'],
  ['wait', 'hangs'],
  ['leak', '1 tensors were left'],
  ['escape', '1 files appeared beside the folder'],
  ['memory', 'MiB more'],
])('%s is found, with the command that repeats it', (reader, reason) => {
  expect(failures.get(reader)).toContain(reason)
  expect(failures.get(reader)).toMatch(new RegExp(`^repeat: pnpm fuzz --reader ${reader} --seed 5 --path \\d`))
})

test('the command repeats one run', async () => {
  const [, path = ''] = /--path (\S+)/.exec(failures.get('rawError') as string) ?? []
  const repeated = await runFuzz({ ...OPTIONS, readers: ['rawError'], runs: 1, path })
  expect(repeated.get('rawError')).toContain('of a reader')
})
