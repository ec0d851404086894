import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals'
import * as z from 'zod'
import { countOption, flagOption, parseOptions } from './options.ts'

const PROGRAM = fileURLToPath(new URL('../fewshot.ts', import.meta.url))
const SHAPE = { ibug: z.string(), draws: countOption.default(5), holdout: flagOption }
const { argv } = process

beforeEach(() => {
  jest.spyOn(process, 'exit').mockImplementation((code) => {
    throw new Error(`exit ${code}`)
  })
})
afterEach(() => {
  process.argv = argv
  jest.restoreAllMocks()
})

function parse(...args: string[]) {
  process.argv = ['node', PROGRAM, ...args]
  return parseOptions(SHAPE)
}

test('parses options, with their defaults', () => {
  expect(parse('--ibug', 'faces', '--holdout')).toEqual({ ibug: 'faces', draws: 5, holdout: true })
})

test('--help prints the comment of the program', () => {
  const log = jest.spyOn(console, 'log').mockImplementation(() => undefined)
  expect(() => parse('--help')).toThrow('exit 0')
  expect(log.mock.calls).toEqual([
    [expect.stringMatching(/^Fits landmarkers.*\n\nUsage: pnpm bench:fewshot --ibug DIR/s)],
  ])
})

test.each([
  [['--bogus'], /Unknown option '--bogus'/],
  [[], /expected string, received undefined\n.*at ibug/],
  [['--ibug', 'faces', '--draws', '0'], /expected number to be >0\n.*at draws/],
])('%j is a mistake, after which the usage is printed', (args, message) => {
  const error = jest.spyOn(console, 'error').mockImplementation(() => undefined)
  expect(() => parse(...args)).toThrow('exit 2')
  const [[text]] = error.mock.calls as [[string]]
  expect(text).toMatch(message)
  expect(text).toContain('Usage: pnpm bench:fewshot')
})
