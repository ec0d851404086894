import { expect, test } from '@jest/globals'
import { runInMemory } from '../../fixtures/run-in-memory.ts'
import type { CommandContext } from './command-context.ts'
import { createProgram } from './create-program.ts'

const COMMANDS = createProgram({} as CommandContext).commands.map((command) => command.name())

test('help lists the commands', async () => {
  const { code, stdout, stderr } = await runInMemory(['--help'])
  expect([code, stderr]).toEqual([0, ''])
  for (const name of COMMANDS) expect(stdout).toContain(`  ${name} `)
})

test('help fits in 80 columns, and -h prints it too', async () => {
  const help = await runInMemory(['--help'])
  expect(await runInMemory(['-h'])).toEqual(help)
  expect(help.stdout.split('\n').filter((line) => line.length > 80)).toEqual([])
  expect(help.stdout).toContain('  check [data...]              List all faults of labeled images\n')
})

test('help fits in 40 columns too, with descriptions below the names', () => {
  const program = createProgram({} as CommandContext).configureOutput({ getOutHelpWidth: () => 40 })
  const help = program.helpInformation()
  expect(help.split('\n').filter((line) => line.length > 40)).toEqual([])
  expect(help).toContain('\n  fit [data]\n      Fit a landmarker to a few labeled\n      images, in seconds\n')
})

test.each(COMMANDS)('the help of %s shows an example and --json', async (name) => {
  const { code, stdout, stderr } = await runInMemory([name, '--help'])
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toMatch(new RegExp(`Example:\n  \\$ facekp ${name}`))
  expect(stdout).toContain('--json')
})

test.each([
  [['chekc'], /unknown command 'chekc'\n\(Did you mean check\?\)/],
  [['check', '--reprot', 'x'], /unknown option '--reprot'\n\(Did you mean --report\?\)/],
  [['convert', 'a', 'b', '--to', 'cocoo'], /argument 'cocoo' is invalid\. Allowed choices are coco, yolo-pose/],
  [['convert', 'a', 'b'], /required option '--to <format>' not specified/],
  [['convert', 'a', '--to', 'csv'], /missing required argument 'out'/],
  [['doctor', 'x'], /too many arguments/],
  [['fit', '--bogus'], /unknown option '--bogus'\n {2}see facekp fit --help/],
  [['train', 'nowhere.json', '--override', 'epochs=abc'], /key epochs of the recipe\n {2}expected a finite number/],
  [['predict', 'mesh-468', 'a.jpg', '--shard', 'auto'], /--shard auto outside of an array job/],
])('wrong usage %j has exit code 2', async (args, message) => {
  const { code, stdout, stderr } = await runInMemory(args)
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toMatch(message)
  expect(stderr).not.toContain('    at ')
})

test('help prints the help of a command', async () => {
  expect(await runInMemory(['help', 'fit'])).toEqual(await runInMemory(['fit', '--help']))
  expect(await runInMemory(['help'])).toEqual(await runInMemory(['--help']))
})

test('no command prints the help to stderr, as wrong usage', async () => {
  const { code, stdout, stderr } = await runInMemory([])
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toContain('Usage: facekp')
})

test('wrong usage is an object too with --json', async () => {
  const { code, stdout } = await runInMemory(['fit', '--bogus', '--json'])
  expect([code, JSON.parse(stdout)]).toEqual([
    2,
    { error: { code: 'OPTION_INVALID', problem: "unknown option '--bogus'" } },
  ])
})

test('an error has two lines, and is an object with --json', async () => {
  const { code, stdout, stderr } = await runInMemory(['check', 'nowhere/faces.json', '--json'])
  expect(code).toBe(1)
  expect(stderr).toMatch(/^error: nowhere\/faces\.json: .*\n {2}.*expected .*\n$/)
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'ANNOTATIONS_NOT_READ', file: 'nowhere/faces.json' } })
})
