/**
 * Measures what JavaScript does in a training step of ResNet-18 (batch 2, 68 points, Adam) on backend webgpu, with and without replay of the
 * recorded step, in turns: programs recorded, and processor time of the main thread. Writes webgpu-replay.json and webgpu-replay.md.
 *
 * Programs are dispatched with no workgroups, so that they compute nothing: what is left is the work of the CPU, also on a graphics card
 * that is emulated. Linux only.
 *
 * Usage: pnpm bench:webgpu-replay [--size 32] [--rounds 3] [--steps 12] [--out DIR]
 */
import { readFileSync } from 'node:fs'
import { releaseBackend, useBackend } from '@facekp/backend'
import { createDataset, createImage, createSample, IBUG_68, randomStream } from '@facekp/core'
import { createModel } from '@facekp/models'
import { mseLoss, type TrainOptions, train } from '@facekp/trainer'
import * as tf from '@tensorflow/tfjs'
import { countPrograms } from '../tests/support/count-programs.ts'
import { countOption, outOption, parseOptions } from './lib/options.ts'
import { median } from './lib/peer.ts'
import { machineSentence, markdownTable, writeResults } from './lib/results.ts'

const BATCH = 2
/** Steps of a training that are not measured: they record, or compile. */
const WARM_UP = 4

interface Pass {
  dispatchWorkgroups(x: number, y: number, z: number): void
}

interface Backend {
  readonly device: {
    createCommandEncoder(): { beginComputePass(): Pass; finish(): object }
  }
}

interface Memory extends tf.MemoryInfo {
  /** In use. */
  readonly numBytesInGPU: number
  /** In use, and kept for later: it never shrinks. */
  readonly numBytesAllocatedInGPU: number
}

interface Step {
  readonly programs: number
  readonly cpuMs: number
  readonly usedMib: number
  readonly allocatedMib: number
}

const { size, rounds, steps, out } = parseOptions({
  size: countOption.default(32),
  rounds: countOption.default(3),
  steps: countOption.default(12),
  out: outOption,
})

const random = randomStream({ seed: 1, purpose: 'benchmark', index: 0 })
const samples = Array.from({ length: (WARM_UP + steps) * BATCH }, (_, index) =>
  createSample({
    id: `noise ${index}`,
    image: createImage(
      Uint8Array.from({ length: size * size }, () => random.integer(0, 255)),
      size,
      size,
      1,
    ),
    keypoints: Float32Array.from({ length: 136 }, () => random.uniform(0, size - 1)),
  }),
)
const dataset = createDataset(IBUG_68, samples)

/** Processor time of the main thread so far, in ms. */
const mainThreadMs = (): number => Number(readFileSync('/proc/self/schedstat', 'utf8').split(' ')[0]) / 1e6

const { detail } = await useBackend('webgpu')
const backend = tf.backend() as unknown as Backend
const programs = countPrograms()

/** Replaces the dispatch of programs by one without workgroups; returns a function that puts it back. */
function computeNothing(): () => void {
  const pass = Object.getPrototypeOf(backend.device.createCommandEncoder().beginComputePass()) as Pass
  const { dispatchWorkgroups } = pass
  pass.dispatchWorkgroups = function (this: Pass) {
    dispatchWorkgroups.call(this, 0, 0, 0)
  }
  return () => {
    pass.dispatchWorkgroups = dispatchWorkgroups
  }
}

/** Trains from new weights; returns the steps after the warm-up. */
async function measure(options: Pick<TrainOptions, 'loss'>): Promise<Step[]> {
  const model = createModel('resnet18', { inputSize: [size, size] })
  const measured: Step[] = []
  let restore: (() => void) | undefined
  let start = 0
  const callback = {
    // Before it, the gradients of the backend are checked.
    onTrainBegin() {
      restore = computeNothing()
    },
    onEpochBegin() {
      programs.take()
      start = mainThreadMs()
    },
    onStepEnd() {
      const { numBytesInGPU, numBytesAllocatedInGPU } = tf.memory() as Memory
      measured.push({
        programs: programs.take(),
        cpuMs: mainThreadMs() - start,
        usedMib: numBytesInGPU / 2 ** 20,
        allocatedMib: numBytesAllocatedInGPU / 2 ** 20,
      })
      start = mainThreadMs()
    },
  }
  await train({
    model,
    train: dataset,
    batchSize: BATCH,
    epochs: 1,
    learningRate: 1e-4,
    callbacks: [callback],
    ...options,
  })
  restore?.()
  model.dispose()
  return measured.slice(WARM_UP)
}

// A loss that is a function is not replayed.
const KINDS: Readonly<Record<string, Pick<TrainOptions, 'loss'>>> = { ordinary: { loss: mseLoss }, replayed: {} }

const measured = new Map<string, Step[]>(Object.keys(KINDS).map((name) => [name, []]))
for (let round = 0; round < rounds; round++) {
  for (const [name, options] of Object.entries(KINDS)) {
    measured.get(name)?.push(...(await measure(options)))
    const cpuMs = median((measured.get(name) as Step[]).map((step) => step.cpuMs))
    console.error(`round ${round}, ${name}: ${cpuMs.toFixed(1)} ms`)
  }
}
await releaseBackend()

const results = [...measured].map(([name, list]) => ({
  name,
  programs: median(list.map((step) => step.programs)),
  cpuMs: median(list.map((step) => step.cpuMs)),
  usedMib: median(list.map((step) => step.usedMib)),
  // Of the first training: the memory of the later ones is that of all before.
  allocatedMib: Math.max(...list.slice(0, steps).map((step) => step.allocatedMib)),
}))
writeResults(out, 'webgpu-replay', { adapter: detail, size, batch: BATCH, rounds, steps, results }, [
  '# Replay of training steps on WebGPU',
  '',
  `Measured by \`pnpm bench:webgpu-replay\`: a step of ResNet-18 (${size} x ${size} pixels, batch ${BATCH}, 68 points, Adam);`,
  `the median of ${rounds} trainings of ${steps} steps after ${WARM_UP} others, with and without replay in turn. Programs compute nothing: they are dispatched`,
  'without workgroups. The processor time is that of the main thread, for which a graphics card waits. How long a card itself takes was not measured: none was at hand.',
  'Memory: in use, and with what the backend keeps for later after its first training.',
  '',
  `Adapter: ${detail}. ${machineSentence()}`,
  '',
  ...markdownTable(
    ['step', 'programs that JavaScript records', 'processor time', 'memory in use', 'memory allocated'],
    results.map(({ name, programs, cpuMs, usedMib, allocatedMib }) => [
      name,
      String(programs),
      `${cpuMs.toFixed(1)} ms`,
      `${usedMib.toFixed(0)} MiB`,
      `${allocatedMib.toFixed(0)} MiB`,
    ]),
  ),
  '',
])
