/**
 * Times every available backend and PyTorch in turn on the same networks: milliseconds of a training step and of a prediction, and peak
 * memory. Writes backends.json and backends.md.
 *
 * Usage: pnpm bench:backends [--rounds 5] [--out DIR]
 * Refuses to measure while other programs occupy the machine.
 * Without PyTorch (python3-torch, python3-torchvision and libopenblas0) its column is missing.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import * as z from 'zod'
import type { NetworkName } from './lib/networks.ts'
import { countOption, outOption, parseOptions, WITHOUT_ARENA } from './lib/options.ts'
import { findPython, median, requireFastBlas } from './lib/peer.ts'
import { requireIdleMachine } from './lib/quiet.ts'
import { machineSentence, markdownTable, writeResults } from './lib/results.ts'

interface Task {
  readonly network: NetworkName
  readonly task: 'train' | 'predict'
  readonly batch: number
  /** Steps per round of backends that are about as fast as PyTorch. */
  readonly steps: number
}

const TASKS: readonly Task[] = [
  { network: 'resnet18', task: 'train', batch: 8, steps: 2 },
  { network: 'resnet50', task: 'train', batch: 4, steps: 2 },
  { network: 'cnn', task: 'train', batch: 16, steps: 10 },
  { network: 'heatmapNet48', task: 'train', batch: 16, steps: 2 },
  { network: 'resnet18', task: 'predict', batch: 1, steps: 10 },
  { network: 'resnet50', task: 'predict', batch: 1, steps: 10 },
  { network: 'resnet18', task: 'predict', batch: 32, steps: 1 },
]
/** Steps that are not counted: graphs are compiled, weights become constants. */
const WARM_UP_STEPS = { train: 3, predict: 8 }
/** Backends that are many times slower: one step per round. (Backend cpu is left out: a step would take minutes.) */
const SLOW_BACKENDS = ['wasm']

interface Timing {
  readonly milliseconds: number
  readonly peakMemory: number
}
type Timings = Readonly<Record<string, Timing>>

const answerSchema = z.object({ milliseconds: z.array(z.number()), peakMemory: z.number() })

/** A process that runs steps on demand. */
class Runner {
  readonly #process: ChildProcess
  readonly #lines: AsyncIterator<string>
  readonly times: number[] = []
  peakMemory = 0

  constructor(command: string, args: readonly string[], threads: number) {
    const env = {
      ...process.env,
      // Idle threads of OpenMP wait without using the processor, so that the next program has it.
      OMP_WAIT_POLICY: 'PASSIVE',
      // TensorFlow ignores OMP_NUM_THREADS.
      TF_NUM_INTRAOP_THREADS: String(threads),
      TF_NUM_INTEROP_THREADS: '1',
    }
    this.#process = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'ignore'] })
    this.#lines = createInterface({ input: this.#process.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]()
  }

  /** Describes the active backend; undefined if it is not available. */
  async detail(): Promise<string | undefined> {
    for (;;) {
      const { value, done } = await this.#lines.next()
      if (done) return undefined
      // TensorFlow.js prints a greeting on standard output first.
      if (value.startsWith('{')) return z.object({ detail: z.string() }).parse(JSON.parse(value)).detail
    }
  }

  async run(steps: number, isCounted: boolean): Promise<void> {
    this.#process.stdin?.write(`${steps}\n`)
    const { value } = await this.#lines.next()
    const { milliseconds, peakMemory } = answerSchema.parse(JSON.parse(value))
    if (isCounted) this.times.push(...milliseconds)
    this.peakMemory = peakMemory
  }

  stop(): void {
    this.#process.kill()
  }
}

const options = parseOptions({ rounds: countOption.default(5), out: outOption })
requireIdleMachine()
const { rounds } = options
const python = findPython(['torch', 'torchvision'])
if (python) requireFastBlas(python)

/** What each backend says of itself, such as PyTorch's version. */
const versions = new Map<string, string>()
const results: { task: Task; threads: number; timings: Timings }[] = []
for (const task of TASKS) {
  for (const threads of [1, 2]) {
    const timings = await timeBackends(task, threads)
    results.push({ task, threads, timings })
    console.log(`${task.task} ${task.network}, threads ${threads}: ${JSON.stringify(timings)}`)
  }
}

const backends = [...new Set(results.flatMap(({ timings }) => Object.keys(timings)))]
writeResults(options.out, 'backends', { rounds, results }, [
  '# Backends',
  '',
  `Measured by \`pnpm bench:backends\`. Times are medians of ${rounds} rounds; in each round, the backends and PyTorch run in turn, with OMP_WAIT_POLICY=PASSIVE. The number in parentheses is the time divided by PyTorch's.`,
  python ? '' : 'PyTorch was not measured: it is not installed.',
  `${machineSentence()} Measured: ${[...versions].map(([backend, detail]) => `${backend} (${detail})`).join(', ')}. Others were not available.`,
  '',
  ...markdownTable(
    ['task', 'threads', ...backends, 'peak memory of onnx, without arena, PyTorch'],
    results.map(({ task, threads, timings }) => {
      const name = `${task.task === 'train' ? 'training step' : 'prediction'}, ${task.network}, batch ${task.batch}`
      const memory = ['onnx', WITHOUT_ARENA, 'pytorch']
        .map((backend) => timings[backend]?.peakMemory.toFixed(0) ?? '-')
        .join(', ')
      return [name, `${threads}`, ...backends.map((backend) => formatTime(timings, backend)), `${memory} MiB`]
    }),
  ),
  '',
])
process.exit(0)

/** Times all backends in turn, round by round. */
async function timeBackends(task: Task, threads: number): Promise<Timings> {
  const runners = await startRunners(task, threads)
  for (const [backend, runner] of runners) {
    await runner.run(SLOW_BACKENDS.includes(backend) ? 1 : WARM_UP_STEPS[task.task], false)
  }
  for (let round = 0; round < rounds; round++) {
    for (const [backend, runner] of runners) await runner.run(SLOW_BACKENDS.includes(backend) ? 1 : task.steps, true)
  }
  for (const runner of runners.values()) runner.stop()
  return Object.fromEntries(
    [...runners].map(([backend, { times, peakMemory }]) => [backend, { milliseconds: median(times), peakMemory }]),
  )
}

/** Starts a process for each available backend. */
async function startRunners(task: Task, threads: number): Promise<ReadonlyMap<string, Runner>> {
  const runners = new Map<string, Runner>()
  const singleThreaded = threads === 1 ? ['wasm'] : []
  // Less memory for more time is of interest for trainings only.
  const training = task.task === 'train' ? [WITHOUT_ARENA] : []
  for (const backend of ['pytorch', 'onnx', ...training, 'tensorflow', 'webgpu', ...singleThreaded]) {
    const runner = createRunner(backend, task, threads)
    const detail = await runner?.detail()
    // The speed of a GPU that is emulated in software is of no use.
    if (!runner || detail === undefined || /software/.test(detail)) runner?.stop()
    else {
      runners.set(backend, runner)
      versions.set(backend, detail)
    }
  }
  return runners
}

function createRunner(backend: string, { network, task, batch }: Task, threads: number): Runner | undefined {
  const args = [network, task, String(batch), String(threads)]
  if (backend !== 'pytorch') {
    const program = ['--import', 'tsx', '--conditions=@facekp/source', resolvePath('backends-runner.ts'), backend]
    return new Runner(process.execPath, [...program, ...args], threads)
  }
  return python ? new Runner(python, [resolvePath('backends_pytorch.py'), ...args], threads) : undefined
}

function resolvePath(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url))
}

function formatTime(timings: Timings, backend: string): string {
  const timing = timings[backend]
  const peer = timings['pytorch']
  if (!timing) return ''
  const ratio = peer && backend !== 'pytorch' ? ` (${(timing.milliseconds / peer.milliseconds).toFixed(2)})` : ''
  return `${timing.milliseconds.toFixed(timing.milliseconds < 100 ? 1 : 0)} ms${ratio}`
}
