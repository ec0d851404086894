import { beforeAll, expect, test } from '@jest/globals'
import { READERS } from './readers.ts'
import { runFuzz } from './run-fuzz.ts'

// Each reader reads 300 mutated inputs, always the same ones; `pnpm fuzz` reads 10,000 others.
const RUNS = 300
const NAMES = Object.keys(READERS)
let failures: ReadonlyMap<string, string | undefined>
beforeAll(async () => {
  failures = await runFuzz({ table: new URL('readers.ts', import.meta.url).href, readers: NAMES, runs: RUNS, seed: 1 })
})

test.each(NAMES)('%s reads mutated inputs or refuses them, within bounds', (name) => {
  expect(failures.get(name)).toBeUndefined()
  expect(failures.has(name)).toBe(true)
})
