import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'

// A thread loads TypeScript by what the program was started with, so each case is a program of its own; that it ends shows that nothing
// keeps it.
const PROGRAM = fileURLToPath(new URL('../../fixtures/thread-program.ts', import.meta.url))
const TSX_IN_THREADS = new URL('../../../../scripts/tsx-in-threads.mjs', import.meta.url).href

/** What the program of that name tells in the end; it is sent a SIGINT once it says `interruptAt`. */
function told(name: string, { node = [], interruptAt }: { node?: string[]; interruptAt?: string } = {}) {
  const loaders = ['--import', 'tsx', '--import', TSX_IN_THREADS, '--conditions=@facekp/source']
  const child = spawn(process.execPath, [...node, ...loaders, PROGRAM, name], {
    env: { ...process.env, NODE_OPTIONS: '' },
  })
  let [output, errors] = ['', '']
  child.stdout.on('data', (data) => {
    const before = output
    output += data
    if (interruptAt && !before.includes(interruptAt) && output.includes(interruptAt)) child.kill('SIGINT')
  })
  child.stderr.on('data', (data) => {
    errors += data
  })
  // biome-ignore lint/suspicious/noExplicitAny: each test knows what its program tells
  return new Promise<any>((resolve, reject) =>
    child.on('close', (code) => {
      if (code !== 0) return reject(new Error(errors))
      resolve(JSON.parse(output.trim().split('\n').at(-1) as string))
    }),
  )
}

describe('trainInThread', () => {
  test('gives what train gives, bit by bit, and tells of every epoch and the last step before it', async () => {
    const { alone, thread, rest, told: reports } = await told('same')
    expect(thread).toEqual(alone)
    expect(alone.history).toHaveLength(3)
    expect(rest).toMatchObject({ steps: 18, resumedAtStep: 0, interrupted: false, best: { epoch: expect.any(Number) } })
    for (const [epoch, step] of [6, 12, 18].entries()) {
      const at = reports.indexOf(`epoch ${epoch + 1}`)
      expect(reports[at - 1]).toBe(`step ${step}`)
    }
    expect(reports.at(-1)).toBe('epoch 3')
  })

  test('leaves the main thread free: within one step it has a thousand turns, or the step would not end', async () => {
    const { steps, reports } = await told('free')
    expect(steps).toBe(18)
    const [before, after] = [reports[0], reports.find(({ step }: { step: number }) => step > 1)]
    expect(before.step).toBe(1)
    expect(after.turns - before.turns).toBeGreaterThanOrEqual(1000)
  })

  test('tells a main thread that was busy of the newest step, not of all that it missed', async () => {
    const steps = await told('busy')
    expect(steps[0]).toBe(1)
    expect(steps[1]).toBeGreaterThanOrEqual(5)
    expect(steps.at(-1)).toBe(30)
  })

  test('ends by the signal after the step under way, with a checkpoint that another thread goes on from', async () => {
    const { first, told: reports, second, unbroken } = await told('abort')
    expect(first).toEqual({ steps: 6, interrupted: true })
    expect(reports.at(-1)).toBe('resumes 1')
    expect(reports.at(-2)).toBe('step 6')
    expect(second).toEqual({ resumedAtStep: 6, interrupted: false, weights: unbroken })
  })

  test('throws the reason of a signal that is aborted before the training has begun', async () => {
    expect(await told('abort at once')).toEqual([{ thrown: 'Error: no more' }, { thrown: 'Error: enough' }])
  })

  test('is ended by Ctrl-C, which keeps what was learnt', async () => {
    expect(await told('interrupt', { interruptAt: 'under way' })).toEqual({ interrupted: true, some: true })
  })

  test('brings errors across whole, and tells of a thread that ended without a word', async () => {
    const [problem, bug, exit, later, notFinite] = await told('troubles')
    expect(problem).toMatchObject({ code: 'TORN', file: 'faces.csv', line: 3, received: 'half', expected: 'all' })
    expect(problem.message).toBe('faces.csv:3: it is torn: expected all, received half')
    expect(problem.stacks[0]).toContain('thread-training.ts')
    expect(problem.stacks[1]).toContain('the tearing')
    expect(bug).toMatchObject({
      code: 'TRAIN_THREAD',
      message: 'off by one',
      stacks: [expect.stringMatching(/loss.*thread-training/s)],
    })
    expect(exit).toMatchObject({ code: 'TRAIN_THREAD', received: 'exit code 9' })
    expect(later).toMatchObject({ code: 'TRAIN_THREAD', stacks: [expect.stringContaining('TypeError')] })
    expect(notFinite).toMatchObject({ code: 'LOSS_NOT_FINITE', message: expect.stringContaining('step 1 (epoch 1)') })
  })

  test('tells of a thread that ran out of memory', async () => {
    expect(await told('memory', { node: ['--max-old-space-size=150'] })).toMatchObject({
      code: 'TRAIN_THREAD',
      message: expect.stringContaining('memory'),
    })
  })

  test('says what is wrong with a module or options', async () => {
    const [nowhere, none, url, json] = await told('modules')
    expect(nowhere).toMatchObject({ code: 'TRAIN_MODULE', file: expect.stringContaining('nowhere.mjs') })
    expect(none).toMatchObject({ code: 'TRAIN_MODULE', received: 'no default export' })
    expect(url).toMatchObject({ code: 'TRAIN_OPTION', message: expect.stringContaining('module') })
    expect(json).toMatchObject({ code: 'TRAIN_OPTION', message: expect.stringContaining('options') })
  })

  test('throws what a listener throws', async () => {
    expect(await told('listeners')).toEqual([{ thrown: 'Error: of onStep' }, { thrown: 'Error: of onEpoch' }])
  })
})
