import { spawn } from 'node:child_process'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { runTypeScript } from '../../../../tests/support/typescript-program.ts'

// A thread loads TypeScript with the loaders of its program, so a program runs the cases. That it ends shows that nothing keeps it
// alive.
const PROGRAM = runTypeScript(new URL('../../fixtures/thread-program.ts', import.meta.url))

/** Runs cases in one program and returns their results by name; sends it a SIGINT after it printed `interruptAt`. */
function runCases(names: string[], { node = [], interruptAt }: { node?: string[]; interruptAt?: string } = {}) {
  const child = spawn(process.execPath, [...node, ...PROGRAM, ...names], {
    env: { ...process.env, NODE_OPTIONS: '' },
  })
  let output = ''
  let errors = ''
  child.stdout.on('data', (data) => {
    const before = output
    output += data
    if (interruptAt && !before.includes(interruptAt) && output.includes(interruptAt)) child.kill('SIGINT')
  })
  child.stderr.on('data', (data) => {
    errors += data
  })
  // biome-ignore lint/suspicious/noExplicitAny: each test knows what its case prints
  return new Promise<Record<string, any>>((resolve, reject) =>
    child.on('close', (code) => {
      if (code !== 0) return reject(new Error(errors))
      resolve(JSON.parse(output.trim().split('\n').at(-1) as string))
    }),
  )
}

let results: Awaited<ReturnType<typeof runCases>>
beforeAll(async () => {
  const cases = ['same', 'responsive', 'busy', 'abort', 'abort early', 'failures', 'modules', 'listeners', 'interrupt']
  results = await runCases(cases, { interruptAt: 'in training' })
})

describe('trainInThread', () => {
  test('gives the result of train, bit by bit, and reports every epoch after its last step', () => {
    const { direct, thread, rest, reports } = results['same']
    expect(thread).toEqual(direct)
    expect(direct.history).toHaveLength(3)
    expect(rest).toMatchObject({ steps: 18, resumedAtStep: 0, interrupted: false, best: { epoch: expect.any(Number) } })
    for (const [epoch, step] of [6, 12, 18].entries()) {
      const position = reports.indexOf(`epoch ${epoch + 1}`)
      expect(reports[position - 1]).toBe(`step ${step}`)
    }
    expect(reports.at(-1)).toBe('epoch 3')
  })

  test('shares the environment of the process', () => {
    expect(results['same'].environment).toBe('thread')
  })

  test('leaves the main thread responsive: a step waits until its event loop has run a thousand times', () => {
    const { steps, reports } = results['responsive']
    expect(steps).toBe(18)
    const before = reports[0]
    const after = reports.find(({ step }: { step: number }) => step > 1)
    expect(before.step).toBe(1)
    expect(after.ticks - before.ticks).toBeGreaterThanOrEqual(1000)
  })

  test('reports only the newest step to a main thread that was busy', () => {
    const steps = results['busy']
    expect(steps[0]).toBe(1)
    expect(steps[1]).toBeGreaterThanOrEqual(5)
    expect(steps.at(-1)).toBe(30)
  })

  test('ends after the step under way when the signal is aborted, with a checkpoint that another thread resumes', () => {
    const { first, reports, second, uninterrupted } = results['abort']
    expect(first).toEqual({ steps: 6, interrupted: true })
    expect(reports.at(-1)).toBe('resumes 1')
    expect(reports.at(-2)).toBe('step 6')
    expect(second).toEqual({ resumedAtStep: 6, interrupted: false, weights: uninterrupted })
  })

  test('throws the reason of a signal that is aborted before training begins', () => {
    const thrown = ['no more', 'enough', 'not now'].map((reason) => ({ thrown: `Error: ${reason}` }))
    expect(results['abort early']).toEqual(thrown)
  })

  test('ends on Ctrl-C and keeps the weights', () => {
    expect(results['interrupt']).toEqual({ interrupted: true, hasSteps: true })
  })

  test('passes errors on unchanged, and reports a thread that ended without a message', () => {
    const [problem, bug, exit, late, notFinite] = results['failures']
    expect(problem).toMatchObject({ code: 'CORRUPT', file: 'faces.csv', line: 3, received: 'half', expected: 'whole' })
    expect(problem.message).toBe('faces.csv:3: row is cut off: expected whole, received half')
    expect(problem.stacks[0]).toContain('thread-training.ts')
    expect(problem.stacks[1]).toContain('the disk is full')
    expect(bug).toMatchObject({
      code: 'TRAIN_THREAD',
      message: 'off by one',
      stacks: [expect.stringMatching(/loss.*thread-training/s)],
    })
    expect(exit).toMatchObject({ code: 'TRAIN_THREAD', received: 'exit code 9' })
    expect(late).toMatchObject({ code: 'TRAIN_THREAD', stacks: [expect.stringContaining('TypeError')] })
    expect(notFinite).toMatchObject({ code: 'LOSS_NOT_FINITE', message: expect.stringContaining('step 1 (epoch 1)') })
  })

  test('reports a thread that ran out of memory', async () => {
    const { memory } = await runCases(['memory'], { node: ['--max-old-space-size=150'] })
    expect(memory).toMatchObject({
      code: 'TRAIN_THREAD',
      message: expect.stringContaining('memory'),
    })
  })

  test('names an invalid module or options', () => {
    const [missing, withoutExport, url, json, misplaced] = results['modules']
    expect(missing).toMatchObject({ code: 'TRAIN_MODULE', file: expect.stringContaining('missing.mjs') })
    expect(withoutExport).toMatchObject({ code: 'TRAIN_MODULE', received: 'no default export' })
    expect(url).toMatchObject({
      code: 'TRAIN_OPTION',
      problem: 'option module of trainInThread',
      expected: "a URL, such as new URL('./training.js', import.meta.url)",
      received: expect.stringMatching(/^'file:/),
    })
    expect(json).toMatchObject({
      code: 'TRAIN_OPTION',
      problem: 'option options of trainInThread',
      expected: 'plain JSON',
    })
    expect(misplaced).toMatchObject({ code: 'TRAIN_OPTION', problem: 'option epochs of trainInThread' })
  })

  test('throws the error of a listener', () => {
    expect(results['listeners']).toEqual([{ thrown: 'Error: of onStep' }, { thrown: 'Error: of onEpoch' }])
  })
})
