/**
 * Every backend at hand and PyTorch, in turn, on the same networks: milliseconds of a training step and of a prediction, and the most
 * memory that a process took. Writes backends.json and backends.md beside this file.
 *
 * Usage: pnpm bench:backends [--rounds N] [--out DIR]
 * Without PyTorch (python3-torch, python3-torchvision, and libopenblas0 for its speed) its column says "not measured".
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import type { NetworkName } from './lib/networks.ts'
import { countOption, parseOptions } from './lib/options.ts'
import { median, pythonWithTorch } from './lib/peer.ts'
import { machineSentence, markdownTable, writeResults } from './lib/results.ts'

interface Task {
  readonly network: NetworkName
  readonly task: 'train' | 'predict'
  readonly batch: number
  /** Steps of a round, of backends that are as fast as PyTorch. */
  readonly steps: number
}

const TASKS: readonly Task[] = [
  { network: 'resnet18', task: 'train', batch: 8, steps: 2 },
  { network: 'resnet50', task: 'train', batch: 4, steps: 2 },
  { network: 'cnn', task: 'train', batch: 16, steps: 10 },
  { network: 'resnet18', task: 'predict', batch: 1, steps: 10 },
  { network: 'resnet50', task: 'predict', batch: 1, steps: 10 },
]
/** Not counted: graphs are compiled, weights become constants. */
const WARM_UP = { train: 3, predict: 8 }
/** Backends that take many times as long: a step a round. (Plain JavaScript, backend cpu, would take minutes for one.) */
const SLOW = ['wasm']

const options = parseOptions({ rounds: countOption.default(5) })
const { rounds } = options
const resolvePath = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
const python = pythonWithTorch()

const answerSchema = z.object({ milliseconds: z.array(z.number()), peakMemory: z.number() })

/** A process that takes steps on demand. */
class Runner {
  readonly #process: ChildProcess
  readonly #lines: AsyncIterator<string>
  readonly times: number[] = []
  peakMemory = 0

  constructor(command: string, args: readonly string[]) {
    this.#process = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'] })
    this.#lines = createInterface({ input: this.#process.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]()
  }

  /** Which backend runs; undefined where it cannot be had. */
  async detail(): Promise<string | undefined> {
    for (;;) {
      const { value, done } = await this.#lines.next()
      if (done) return undefined
      // TensorFlow.js greets on standard output.
      if (value.startsWith('{')) return z.object({ detail: z.string() }).parse(JSON.parse(value)).detail
    }
  }

  async run(steps: number, counted: boolean): Promise<void> {
    this.#process.stdin?.write(`${steps}\n`)
    const { value } = await this.#lines.next()
    const { milliseconds, peakMemory } = answerSchema.parse(JSON.parse(value))
    if (counted) this.times.push(...milliseconds)
    this.peakMemory = peakMemory
  }

  stop(): void {
    this.#process.kill()
  }
}

function createRunner(backend: string, { network, task, batch }: Task, threads: number): Runner | undefined {
  const args = [network, task, String(batch), String(threads)]
  if (backend === 'pytorch')
    return python ? new Runner(python, [resolvePath('backends_pytorch.py'), ...args]) : undefined
  const run = ['--import', 'tsx', '--conditions=@facekp/source', resolvePath('backends-runner.ts'), backend]
  return new Runner(process.execPath, [...run, ...args])
}

interface Timing {
  readonly milliseconds: number
  readonly peakMemory: number
}

/** Runs all backends in turn, round by round. */
async function measure(task: Task, threads: number): Promise<Record<string, Timing>> {
  const single = threads === 1 ? ['wasm'] : []
  const runners: [string, Runner][] = []
  for (const backend of ['pytorch', 'onnx', 'tensorflow', 'webgpu', ...single]) {
    const runner = createRunner(backend, task, threads)
    const detail = await runner?.detail()
    // A graphics card that a processor imitates says nothing about speed.
    if (!runner || detail === undefined || /software/.test(detail)) runner?.stop()
    else runners.push([backend, runner])
  }
  for (const [backend, runner] of runners) await runner.run(SLOW.includes(backend) ? 1 : WARM_UP[task.task], false)
  for (let round = 0; round < rounds; round++) {
    for (const [backend, runner] of runners) await runner.run(SLOW.includes(backend) ? 1 : task.steps, true)
  }
  for (const [, runner] of runners) runner.stop()
  return Object.fromEntries(
    runners.map(([backend, { times, peakMemory }]) => [backend, { milliseconds: median(times), peakMemory }]),
  )
}

const results: { task: Task; threads: number; timings: Record<string, Timing> }[] = []
for (const task of TASKS) {
  for (const threads of [1, 2]) {
    const timings = await measure(task, threads)
    results.push({ task, threads, timings })
    console.log(`${task.task} ${task.network}, threads ${threads}: ${JSON.stringify(timings)}`)
  }
}

const backends = [...new Set(results.flatMap(({ timings }) => Object.keys(timings)))]
const formatTime = (timings: Record<string, Timing>, backend: string): string => {
  const timing = timings[backend]
  const peer = timings['pytorch']
  if (!timing) return ''
  const ratio = peer && backend !== 'pytorch' ? ` (${(timing.milliseconds / peer.milliseconds).toFixed(2)})` : ''
  return `${timing.milliseconds.toFixed(timing.milliseconds < 100 ? 1 : 0)} ms${ratio}`
}
const lines = [
  '# Backends',
  '',
  `Made by \`pnpm bench:backends\`. Medians of ${rounds} rounds in which the backends take turns; in brackets the time as a multiple of PyTorch's.`,
  python ? '' : 'PyTorch was not measured: it is not installed.',
  `${machineSentence()} Backends that are not listed were not available.`,
  '',
  ...markdownTable(
    ['task', 'threads', ...backends, 'peak memory of onnx, PyTorch'],
    results.map(({ task, threads, timings }) => {
      const name = `${task.task === 'train' ? 'training step' : 'prediction'}, ${task.network}, batch ${task.batch}`
      const memory = ['onnx', 'pytorch'].map((backend) => timings[backend]?.peakMemory.toFixed(0) ?? '-').join(', ')
      return [name, `${threads}`, ...backends.map((backend) => formatTime(timings, backend)), `${memory} MiB`]
    }),
  ),
  '',
]
writeResults(options.out, 'backends', { rounds, results }, lines)
process.exit(0)
