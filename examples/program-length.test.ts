import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'

/** README.md and docs/tutorials/course.md say that a program has no more. */
const MAX_LINES = 60

const FOLDER = fileURLToPath(new URL('.', import.meta.url))
const programs = readdirSync(FOLDER).filter((file) => /(?<!\.test)\.ts$/.test(file))

test('there are programs', () => expect(programs.length).toBeGreaterThan(8))

test.each(programs)('%s has at most 60 lines', (program) => {
  const text = readFileSync(join(FOLDER, program), 'utf8')
  expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(MAX_LINES)
})
