import { execFileSync } from 'node:child_process'
import { expect, test } from '@jest/globals'
import { runTypeScript } from '../../../tests/support/typescript-program.ts'

const PROGRAM = new URL('../fixtures/environment-program.ts', import.meta.url)
const JOB = new URL('../fixtures/set-variable.ts', import.meta.url)

// Threads load TypeScript with the loaders of their program.
test('jobs share the environment of the process', () => {
  const env = { ...process.env, NODE_OPTIONS: '' }
  expect(execFileSync(process.execPath, runTypeScript(PROGRAM, JOB), { encoding: 'utf8', env })).toBe('done job')
})
