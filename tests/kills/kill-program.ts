import { existsSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { acquireLock } from '../../internal/files/src/lock.ts'
import { writeFileAtomic } from '../../internal/files/src/write-file-atomic.ts'
import { writeIndexedFolder } from '../../internal/files/src/write-indexed-folder.ts'
import type { CheckpointState } from '../../packages/trainer/src/checkpoint/checkpoint-state.ts'
import { fill } from './content.ts'

// Bundled and started by kills.test.ts: writes one generation of its content after the other, from the number given, and prints each
// when it is written, until it is killed. Each writer loads only what it needs, since a program is started for each kill.
const WRITERS: Readonly<Record<string, (folder: string) => Promise<(generation: number) => Promise<void>>>> = {
  async file(folder) {
    return (generation) => writeFileAtomic(join(folder, 'file'), fill(generation))
  },
  async indexedFolder(folder) {
    return (generation) =>
      writeIndexedFolder(join(folder, 'model'), {
        index: 'model.json',
        files: [{ name: 'weights.bin', format: () => Buffer.from(fill(generation)) }],
        formatIndex: ([data]) => JSON.stringify({ data }),
        parseIndex: (text) => [JSON.parse(text).data],
        code: 'NOT_WRITTEN',
      })
  },
  async checkpoints(folder) {
    const { checkpointFolder } = await import('../../packages/trainer/src/checkpoint/checkpoint-folder.ts')
    const store = checkpointFolder(join(folder, 'checkpoints'))
    return (step) =>
      store.save({
        state: { ...STATE, step },
        tensors: new Map([['weights/0', { shape: [4096], data: new Float32Array(4096).fill(step) }]]),
      })
  },
  async runFolder(folder) {
    const { openRunDir } = await import('../../packages/recipes/src/run/open-run-dir.ts')
    const { historyLogger } = await import('../../packages/trainer/src/callbacks/history-logger.ts')
    const run = await openRunDir(join(folder, 'run'), { resume: true, settings: { a: 1 } })
    const file = join(run, 'history.jsonl')
    const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(isWholeLine) : []
    const logger = historyLogger(file)
    await logger.onResume?.(lines.map((line) => JSON.parse(line)) as never)
    return async (epoch) => {
      await logger.onEpochEnd?.({ epoch, trainLoss: 1 } as never)
    }
  },
  async model(folder) {
    const tf = await import('@tensorflow/tfjs')
    const { saveModel } = await import('../../packages/models/src/files/save-model.ts')
    await tf.setBackend('cpu')
    const model = tf.sequential({ layers: [tf.layers.dense({ units: 100, inputShape: [200] })] })
    return async (generation) => {
      model.setWeights([tf.fill([200, 100], generation), tf.fill([100], generation)])
      await saveModel(model, join(folder, 'model'))
    }
  },
  async lock(folder) {
    return async (generation) => {
      const lock = await acquireLock(join(folder, 'lock'), { subject: 'the folder' })
      await writeFileAtomic(join(folder, 'file'), fill(generation))
      lock.release()
    }
  },
}

const STATE = {
  format: 1,
  versions: { trainer: '1.0.0', tfjs: '4.22.0' },
  backend: 'cpu',
  settings: { seed: 3 },
  weights: ['dense/kernel'],
  step: 1,
  images: 28,
  seconds: 1,
  optimizerSteps: 7,
  epoch: { number: 2, step: 3, lossSum: 1, learningRate: 0.1, seconds: 0.1 },
  history: [],
} as unknown as CheckpointState

function isWholeLine(line: string): boolean {
  return line.endsWith('}')
}

const [writer = '', folder = '', first = ''] = process.argv.slice(2)
const write = await (WRITERS[writer] as (typeof WRITERS)[string])(folder)
for (let generation = Number(first); ; generation++) {
  await write(generation)
  writeSync(1, `${generation}\n`)
}
