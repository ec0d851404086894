/**
 * Every backend at hand and PyTorch, in turn, on the same networks: milliseconds of a training step and of a prediction, and the most
 * memory that a process took. Writes backends.json and backends.md beside this file.
 *
 * Usage: pnpm bench:backends [--rounds N]
 * Without PyTorch (python3-torch, python3-torchvision, and libopenblas0 for its speed) its column says "not measured".
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { machineSentence, writeFigures } from './lib/figures.ts'
import type { NetworkName } from './lib/networks.ts'
import { median, pythonWithTorch } from './lib/peer.ts'

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

const { rounds } = z
  .object({ rounds: z.coerce.number().int().positive().default(5) })
  .parse(parseArgs({ options: { rounds: { type: 'string' } } }).values)
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
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

function runnerOf(backend: string, { network, task, batch }: Task, threads: number): Runner | undefined {
  const args = [network, task, String(batch), String(threads)]
  if (backend === 'pytorch') return python ? new Runner(python, [here('backends_pytorch.py'), ...args]) : undefined
  const run = ['--import', 'tsx', '--conditions=@facekp/source', here('backends-runner.ts'), backend]
  return new Runner(process.execPath, [...run, ...args])
}

interface Figure {
  readonly milliseconds: number
  readonly peakMemory: number
}

/** Runs all backends in turn, round by round. */
async function measure(task: Task, threads: number): Promise<Record<string, Figure>> {
  const single = threads === 1 ? ['wasm'] : []
  const runners: [string, Runner][] = []
  for (const backend of ['pytorch', 'onnx', 'tensorflow', 'webgpu', ...single]) {
    const runner = runnerOf(backend, task, threads)
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

const results: { task: Task; threads: number; figures: Record<string, Figure> }[] = []
for (const task of TASKS) {
  for (const threads of [1, 2]) {
    const figures = await measure(task, threads)
    results.push({ task, threads, figures })
    console.log(`${task.task} ${task.network}, threads ${threads}: ${JSON.stringify(figures)}`)
  }
}

const backends = [...new Set(results.flatMap(({ figures }) => Object.keys(figures)))]
const cell = (figures: Record<string, Figure>, backend: string): string => {
  const [figure, peer] = [figures[backend], figures['pytorch']]
  if (!figure) return ''
  const ratio = peer && backend !== 'pytorch' ? ` (${(figure.milliseconds / peer.milliseconds).toFixed(2)})` : ''
  return `${figure.milliseconds.toFixed(figure.milliseconds < 100 ? 1 : 0)} ms${ratio}`
}
const lines = [
  '# Backends',
  '',
  `Made by \`pnpm bench:backends\`. Medians of ${rounds} rounds in which the backends take turns; in brackets the time as a multiple of PyTorch's.`,
  python ? '' : 'PyTorch was not measured: it is not installed.',
  `${machineSentence()} Backends that are not listed were not at hand.`,
  '',
  `| task | threads | ${backends.join(' | ')} | peak memory of onnx, PyTorch |`,
  `|---|---|${backends.map(() => '---|').join('')}---|`,
  ...results.map(({ task, threads, figures }) => {
    const name = `${task.task === 'train' ? 'training step' : 'prediction'}, ${task.network}, batch ${task.batch}`
    const memory = ['onnx', 'pytorch'].map((backend) => figures[backend]?.peakMemory.toFixed(0) ?? '-').join(', ')
    return `| ${name} | ${threads} | ${backends.map((backend) => cell(figures, backend)).join(' | ')} | ${memory} MiB |`
  }),
  '',
]
writeFigures('backends', { rounds, results }, lines)
process.exit(0)
