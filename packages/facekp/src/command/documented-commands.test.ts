import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { type Command, CommanderError } from 'commander'
import type { CommandContext } from './command-context.ts'
import { createProgram } from './create-program.ts'

// Every call of `facekp` that a page shows has a known command, known options, and values that they accept.
const ROOT = fileURLToPath(new URL('../../../../', import.meta.url))
const pages = execFileSync('git', ['ls-files', '*.md', ':!*CHANGELOG.md', ':!.changeset'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .split('\n')
  .filter(Boolean)
const calls = pages.flatMap((page) => listCalls(readFileSync(join(ROOT, page), 'utf8')).map((call) => ({ page, call })))
const mentions = pages.flatMap((page) =>
  [...readFileSync(join(ROOT, page), 'utf8').matchAll(/`(?:npx )?facekp ([a-z-]+(?: [^`]*)?)`/g)].map(
    ([, call = '']) => ({
      page,
      call,
    }),
  ),
)

test('shell blocks of the pages call commands with options that exist', () => {
  expect(calls.length).toBeGreaterThan(20)
  expect(calls.flatMap(({ page, call }) => parse(call).map((problem) => `${page}: ${call}: ${problem}`))).toEqual([])
})

test('sentences of the pages name commands and options that exist', () => {
  expect(mentions.length).toBeGreaterThan(20)
  const unknown = mentions.filter(({ call }) => {
    const [name, ...args] = splitWords(call)
    const command = createProgram({} as CommandContext).commands.find((other) => other.name() === name)
    const options = args.filter((arg) => arg.startsWith('--')).map((arg) => arg.split('=')[0])
    return !command || options.some((option) => !knowsOption(command, option as string))
  })
  expect(unknown).toEqual([])
})

function knowsOption({ options }: Command, name: string): boolean {
  return name === '--help' || options.some(({ long }) => long === name)
}

/** Lists the arguments of the calls in the shell blocks of a page. */
function listCalls(page: string): string[] {
  const blocks = [...page.matchAll(/^```(?:sh|bash)[^\n]*\n(.*?)^```/gms)].map(([, code = '']) => code)
  const lines = blocks.flatMap((code) => code.replaceAll('\\\n', ' ').split('\n'))
  return lines.flatMap((line) =>
    [...line.matchAll(/(?:^|[\s'|])(?:npx )?facekp ([a-z][^|&#']*)/g)].map(([, call = '']) => call.trim()),
  )
}

/** Parses arguments without doing what they say, and returns what is wrong with them. */
function parse(call: string): string[] {
  const silent = { write: () => true }
  const program = createProgram({ stdout: silent, stderr: silent } as unknown as CommandContext)
  for (const command of program.commands) command.action(() => undefined)
  try {
    program.parse(splitWords(call), { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    return [error.message]
  }
  return []
}

/** Splits a line of a shell at spaces outside of quotes; the value of a variable is 1. */
function splitWords(line: string): string[] {
  const words = line.match(/(?:"[^"]*"|[^\s"])+/g) ?? []
  return words.map((word) => word.replaceAll('"', '').replaceAll(/\$\{?\w+\}?/g, '1'))
}
