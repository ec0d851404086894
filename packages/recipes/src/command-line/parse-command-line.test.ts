import { expect, jest, test } from '@jest/globals'
import * as z from 'zod'
import { longRunOptions, networkOptions, recipeOption, trainOptions } from './options.ts'
import { parseCommandLine } from './parse-command-line.ts'

const COMMAND_LINE = {
  usage: 'pnpm train: trains',
  options: {
    ...recipeOption(['course', 'tuned'], 'tuned'),
    ...trainOptions,
    ...networkOptions,
    ...longRunOptions,
    sizes: { schema: z.array(z.string()).optional(), value: 'N', help: 'sizes' },
  },
}

test('options have their defaults', () => {
  expect(parseCommandLine([], COMMAND_LINE)).toEqual({
    recipe: 'tuned',
    seed: 1,
    backend: 'auto',
    override: [],
    overwrite: false,
    antialias: false,
    resume: false,
    positionals: [],
  })
})

test('values are parsed, flags are booleans, and options of arrays may be repeated', () => {
  const args = ['--', '--seed', '0', '--epochs=3', '--data', 'a b', '--time-limit', '5', '--resume']
  const overrides = ['--override', 'loss.kind=wing', '--override', 'epochs=2']
  expect(parseCommandLine([...args, ...overrides, '--arch', 'resnet18', '--sizes', '1'], COMMAND_LINE)).toMatchObject({
    seed: 0,
    epochs: 3,
    data: 'a b',
    timeLimit: 5,
    resume: true,
    override: ['loss.kind=wing', 'epochs=2'],
    arch: 'resnet18',
    sizes: ['1'],
  })
})

test.each([
  [['--seed', '-1'], /option --seed: expected a whole number of at least 0, received '-1'/],
  [['--seed=-1'], /option --seed: .*received '-1'/],
  [['--seed', '1.5'], /option --seed: expected a whole number/],
  [['--seed', ''], /option --seed: .*received ''/],
  [['--epochs', '0'], /option --epochs: .*at least 1/],
  [['--time-limit', '0'], /option --time-limit: .*at least 1/],
  [['--recipe', 'best'], /option --recipe: .*course.*received 'best'/],
  [['--backend', 'gpu'], /option --backend: .*onnx/],
  [['--arch', 'noseNet'], /option --arch: .*resnet18/],
  [['--data', '--seed', '3'], /--data has no value/],
  [['--seed'], /Option '--seed <value>' argument missing/],
  [['--sed', '1'], /^Unknown option '--sed': received an unknown name: did you mean --seed\?$/],
  [['--bogus', '1'], /^Unknown option '--bogus': expected options such as\n.*--seed N/s],
  [['-1'], /Unknown option '-1'/],
  [['faces'], /invalid arguments.*options only.*received faces/s],
])('%j is refused, and the error names the fix', (args, message) => {
  expect(() => parseCommandLine(args, COMMAND_LINE)).toThrow(
    expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringMatching(message) }),
  )
})

test('positionals are taken if the command line names them, and then one must be there', () => {
  const commandLine = { usage: 'pnpm compare', options: {}, positionals: 'RUN' }
  expect(parseCommandLine(['a', 'b'], commandLine).positionals).toEqual(['a', 'b'])
  expect(() => parseCommandLine([], commandLine)).toThrow(/one RUN or more/)
})

test('--help prints usage and options, and ends the process', () => {
  const exit = jest.spyOn(process, 'exit').mockImplementation(() => {
    throw new Error('exit')
  })
  const log = jest.spyOn(console, 'log').mockImplementation(() => undefined)
  expect(() => parseCommandLine(['--help'], COMMAND_LINE)).toThrow('exit')
  expect(exit).toHaveBeenCalledWith(0)
  expect(log.mock.calls[0]?.[0]).toMatch(
    /pnpm train: trains[\s\S]*--recipe NAME +course or tuned[\s\S]*--time-limit MIN/,
  )
  const seeds = { schema: z.string().optional(), value: 'A,B,C', help: 'long' }
  const options = { fineTunedSeeds: seeds, out: { ...seeds, value: 'DIR', help: 'short' } }
  expect(() => parseCommandLine(['--help'], { usage: 'pnpm train', options })).toThrow('exit')
  expect(log.mock.calls[1]?.[0]).toContain(`  --fine-tuned-seeds A,B,C long\n  --out DIR${' '.repeat(16)}short\n`)
  jest.restoreAllMocks()
})
