import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { createJob, type JobExecutor } from '@facekp/jobs'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { listRunFiles } from '../run/check-run-dir.ts'
import { runSweep, type SweepOptions, type SweepTraining } from './run-sweep.ts'
import { listRungs, SuccessiveHalving } from './successive-halving.ts'

describe('successive halving', () => {
  test('has rungs such that at least one trial is trained to the end', () => {
    expect(listRungs(20, 90, 3)).toEqual([10, 30, 90])
    expect(listRungs(27, 90, 3)).toEqual([4, 10, 30, 90])
    expect(listRungs(2, 90, 3)).toEqual([90])
    expect(listRungs(100, 1, 3)).toEqual([1])
  })

  test('promotes the best third of a rung, before it begins further trials', () => {
    const halving = new SuccessiveHalving({ trials: 7, rungs: 2, reduction: 3 })
    for (const [trial, error] of [5, 2, 9].entries()) {
      expect(halving.next()).toEqual({ trial, rung: 0 })
      halving.report({ trial, rung: 0 }, error)
    }
    expect(halving.next()).toEqual({ trial: 1, rung: 1 })
    // One of three is promoted already.
    expect(halving.next()).toEqual({ trial: 3, rung: 0 })
    for (const [trial, error] of [
      [3, 1],
      [4, Number.POSITIVE_INFINITY],
      [5, 8],
    ] as const)
      halving.report({ trial, rung: 0 }, error)
    expect(halving.next()).toEqual({ trial: 3, rung: 1 })
  })

  test('never promotes a trial that failed', () => {
    const halving = new SuccessiveHalving({ trials: 3, rungs: 2, reduction: 3 })
    for (let trial = 0; trial < 3; trial++) halving.report(halving.next() as never, Number.POSITIVE_INFINITY)
    expect(halving.next()).toBeUndefined()
  })
})

describe('runSweep', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'facekp-sweep-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  /** Sweeps over x, whose error is |x - 5| + 1 / epochs; trainings with x = 3 fail. */
  async function sweep(options: Partial<SweepOptions> = {}): Promise<{
    readonly trained: SweepTraining[]
    readonly trials: Awaited<ReturnType<typeof runSweep>>
  }> {
    const trained: SweepTraining[] = []
    const executor: JobExecutor = {
      capacity: 4,
      async run({ args }) {
        const training = args as unknown as SweepTraining
        trained.push(training)
        const x = Number(training.overrides[0]?.split('=')[1])
        if (x === 3) return { status: 'failed', isTransient: false, error: { problem: 'diverged' } }
        return { status: 'done', value: { valErrorPx: Math.abs(x - 5) + 1 / training.untilEpoch } }
      },
      close: async () => undefined,
    }
    const trials = await runSweep({
      space: [{ key: 'x', values: { low: 0, high: 9, isLog: false } }],
      ...{ trials: 20, epochs: 90, parallel: 3, out: folder, executor },
      createJob: (training) => createJob({ module: 'train', args: { ...training } }),
      ...options,
    })
    return { trained, trials }
  }

  test('trains the best trials to the end, and begins all of them', async () => {
    const { trained, trials } = await sweep()
    expect(trials.map(({ trial }) => trial).sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i))
    const [best] = trials
    expect(best?.epochs).toBe(90)
    const lowest = Math.min(...trials.map(({ valErrorPx, epochs }) => valErrorPx - 1 / epochs))
    expect(best?.valErrorPx).toBeCloseTo(lowest + 1 / 90, 10)
    // 20 trials of 10 epochs, and a third of each rung on the next one.
    expect(trained.filter(({ untilEpoch }) => untilEpoch === 10)).toHaveLength(20)
    expect(trained.filter(({ untilEpoch }) => untilEpoch === 30).length).toBeLessThanOrEqual(8)
  })

  test('goes on from its journal, and attempts only failed trainings again', async () => {
    const first = await sweep()
    const second = await sweep()
    expect(second.trained.filter(({ overrides }) => overrides[0] !== 'x=3')).toEqual([])
    expect(second.trials.map(({ trial }) => trial).sort()).toEqual(first.trials.map(({ trial }) => trial).sort())
  })

  test('takes more trials, but not the trainings of another sweep', async () => {
    await sweep({ trials: 9 })
    const larger = await sweep({ trials: 20 })
    expect(larger.trials).toHaveLength(20)
    const space = [{ key: 'y', values: ['1'] }]
    for (const [options, rungs] of [
      [{ trials: 27 }, '4, 10, 30, 90'],
      [{ trials: 20, epochs: 30 }, '4, 10, 30'],
      [{ trials: 20, space }, '10, 30, 90'],
    ] as const) {
      await expect(sweep(options)).rejects.toMatchObject({
        code: 'RUN_MISMATCH',
        file: join(folder, 'sweep-settings.json'),
        received: expect.stringContaining(`rungs of ${rungs} epochs`),
      })
    }
    // Its trainings would be others, and go on from checkpoints further on.
    const moved = join(folder, 'moved')
    mkdirSync(moved)
    for (const name of ['sweep-settings.json', 'sweep.jsonl']) renameSync(join(folder, name), join(moved, name))
    await expect(sweep({ out: moved })).rejects.toMatchObject({ code: 'RUN_MISMATCH' })
  })

  test('takes other options as long as no training has left a result or a checkpoint', async () => {
    const settings = join(folder, 'sweep-settings.json')
    const space = [{ key: 'x', values: ['3'] }]
    expect((await sweep({ trials: 3, space })).trials).toMatchObject([{ epochs: 30 }, { epochs: 30 }, { epochs: 30 }])
    expect(readFileSync(join(folder, 'sweep.jsonl'), 'utf8')).toContain('"diverged"')
    writeFileSync(settings, '{')
    await sweep({ trials: 3, space, epochs: 30 })
    const checkpoints = join(folder, 'trial-002-seed-0', 'checkpoints')
    mkdirSync(checkpoints, { recursive: true })
    await sweep({ trials: 3, space, epochs: 60 })
    const checkpoint = join(checkpoints, 'step-40.safetensors')
    writeFileSync(checkpoint, '')
    await expect(sweep({ trials: 3 })).rejects.toMatchObject({ code: 'RUN_MISMATCH', file: settings })
    rmSync(checkpoint)
    expect((await sweep({ trials: 3 })).trials[0]).toMatchObject({ epochs: 90 })
    await expect(sweep({ trials: 3, epochs: 60 })).rejects.toMatchObject({ code: 'RUN_MISMATCH' })
  })

  test('of two sweeps that begin at once, one claims the folder and goes on in it', async () => {
    const results = await Promise.allSettled([sweep({ epochs: 90 }), sweep({ epochs: 30 })])
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    const first = results.findIndex(({ status }) => status === 'fulfilled')
    expect(results[1 - first]).toMatchObject({ reason: { code: 'LOCKED', file: join(folder, '.run.lock') } })
    expect((await sweep({ epochs: first === 0 ? 90 : 30 })).trials).toHaveLength(20)
  })

  test('leaves a folder that is no run, and asks nobody to overwrite damaged settings', async () => {
    await sweep({ trials: 3 })
    expect(listRunFiles(folder)).toEqual([])
    const file = join(folder, 'sweep-settings.json')
    writeFileSync(file, '{')
    await expect(sweep({ trials: 3 })).rejects.toMatchObject({
      code: 'RUN_DAMAGED',
      file,
      expected: expect.not.stringContaining('overwrite'),
    })
    rmSync(file)
    expect((await sweep({ trials: 3 })).trials).toHaveLength(3)
  })

  /** Sweeps in trainings that end in an order of their own, and stops when some results are there. */
  async function sweepOutOfOrder(name: string, { results = 0, stopAfter = Number.POSITIVE_INFINITY } = {}) {
    const ended: string[] = []
    const waiting: { readonly key: string; readonly rank: number; end(): void }[] = []
    const endNext = (): void => {
      waiting.sort((a, b) => a.rank - b.rank)
      waiting.shift()?.end()
    }
    const executor: JobExecutor = {
      capacity: 3,
      run({ args }, signal) {
        const { out, untilEpoch, overrides } = args as unknown as SweepTraining
        const key = `${basename(out)} ${untilEpoch}`
        const x = Number(overrides[0]?.split('=')[1])
        if (results === 0 && waiting.length === 0 && ended.length === 0) setImmediate(endNext)
        return new Promise((resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason))
          const end = (): void => {
            ended.push(key)
            resolve({ status: 'done', value: { valErrorPx: Math.abs(x - 50) + 1 / untilEpoch } })
          }
          waiting.push({ key, rank: (x * 37) % 101, end })
        })
      },
      close: async () => undefined,
    }
    const controller = new AbortController()
    let received = 0
    const trials = await runSweep({
      space: [{ key: 'x', values: { low: 0, high: 100, isLog: false } }],
      ...{ trials: 9, epochs: 9, parallel: 3, out: join(folder, name), executor, signal: controller.signal },
      createJob: (training) => createJob({ module: 'train', args: { ...training } }),
      onResult() {
        received++
        if (received === stopAfter) controller.abort()
        else if (received >= results) setImmediate(endNext)
      },
    }).catch((error: unknown) => {
      expect(error).toBe(controller.signal.reason)
      return []
    })
    return { ended, trials: trials.map(({ trial, epochs, valErrorPx }) => ({ trial, epochs, valErrorPx })) }
  }

  test('promotes the same trials, wherever it was interrupted', async () => {
    const whole = await sweepOutOfOrder('whole')
    const starts = whole.ended.filter((key) => key.endsWith(' 1'))
    expect(starts).not.toEqual(starts.toSorted())
    for (let results = 1; results < whole.ended.length; results++) {
      const first = await sweepOutOfOrder(`stopped-${results}`, { stopAfter: results })
      const second = await sweepOutOfOrder(`stopped-${results}`, { results })
      expect([...first.ended, ...second.ended]).toEqual(whole.ended)
      expect(second.trials).toEqual(whole.trials)
    }
  })

  test('trains each trial with all seeds on all folds', async () => {
    const { trained, trials } = await sweep({ trials: 2, seeds: 2, folds: 3 })
    expect(trained).toHaveLength(12)
    expect(new Set(trials[0]?.folders).size).toBe(6)
    expect(
      trained
        .map(({ fold, seed }) => `${fold}/${seed}`)
        .sort()
        .slice(0, 4),
    ).toEqual(['1/0', '1/0', '1/1', '1/1'])
  })
})
