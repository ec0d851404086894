import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDataset, createImage, createSample, defineScheme } from '@facekp/core'
import { openRunDir, readRunErrors, readRunSummary, readRuns } from '@facekp/recipes/node'
import { checkpointFolder, loadRunManifest, saveRunManifest } from '@facekp/trainer/node'
import { createCheckpoint } from '../../../packages/trainer/fixtures/checkpoint.ts'
import { encodeCheckpoint } from '../../../packages/trainer/src/checkpoint/checkpoint-file.ts'
import { assertValid, type FuzzReader } from '../fuzz-reader.ts'

const file = encodeCheckpoint(createCheckpoint())
const HASH_START = Buffer.from(file).indexOf('"sha256":"') + '"sha256":"'.length
const DIGITS = 64

async function readCheckpoint(bytes: Uint8Array, folder: string): Promise<void> {
  writeFileSync(join(folder, 'step-00000007.safetensors'), bytes)
  const checkpoint = await checkpointFolder(folder, { onDamaged: () => undefined }).latest()
  for (const [name, { shape, data }] of checkpoint?.tensors ?? []) {
    const size = shape.reduce((product, side) => product * side, 1)
    assertValid(data.length === size, `${data.length} numbers for ${name} of shape ${shape}`)
  }
}

/** Writes the SHA-256 of a checkpoint into it: of all its bytes, with zeros for the digits of the hash. */
function sealCheckpoint(bytes: Uint8Array): Uint8Array {
  const sealed = Buffer.from(bytes)
  if (sealed.length < HASH_START + DIGITS) return sealed
  sealed.write('0'.repeat(DIGITS), HASH_START)
  sealed.write(createHash('sha256').update(sealed).digest('hex'), HASH_START)
  return sealed
}

export const checkpoint: FuzzReader = { inputs: [file], read: readCheckpoint }
export const sealedCheckpoint: FuzzReader = {
  ...checkpoint,
  words: ['"F32"', '"I32"', '"shape":[', '"data_offsets":[0,', '\\"step\\":', '\\"best\\":'],
  seal: sealCheckpoint,
}

const dataset = createDataset(defineScheme({ name: 'one', pointNames: ['nose'], flipPairs: [], parts: [] }), [
  createSample({ id: 'a', image: createImage(new Uint8Array(4), 2, 2, 1), keypoints: Float32Array.of(1, 1) }),
])
const context = { train: dataset, threads: 1, onDifference: () => undefined }

const scratch = mkdtempSync(join(tmpdir(), 'facekp-fuzz-run-'))
const manifest = await saveRunManifest(scratch, {
  config: { epochs: 2, batchSize: 4, learningRate: 1e-3 },
  recipe: { network: ['a', 1] },
  ...context,
})
rmSync(scratch, { recursive: true })

export const runManifest: FuzzReader = {
  inputs: [Buffer.from(JSON.stringify(manifest))],
  words: ['"adam"', '"kind"', '"epochs"', '"seed"'],
  async read(bytes, folder) {
    writeFileSync(join(folder, 'run.json'), bytes)
    await loadRunManifest(folder, context)
  },
}

const estimate = { value: 0.04, low: 0.03, high: 0.05 }
const RUN = {
  'summary.json': JSON.stringify({
    title: 'a',
    data: 'faces',
    recipe: 'b',
    backend: 'wasm',
    seed: 1,
    interrupted: false,
    seconds: 12.5,
    imagesPerSecond: 30,
    epochs: 2,
    meanShapeErrorPx: 20,
    valErrorPx: 4.5,
    nme: estimate,
    model: 'run/model/model.json',
    report: 'run/report.html',
    settings: { recipe: 'b', augmentation: { degrees: 20 } },
  }),
  'errors.json': JSON.stringify({
    scheme: 'one',
    threshold: 0.08,
    faces: [
      { id: 'a', errorPx: 4, nme: 0.04 },
      { id: 'b', errorPx: 5 },
    ],
  }),
  'history.jsonl':
    '{"epoch":1,"step":9,"trainLoss":0.5,"learningRate":0.001}\n{"epoch":2,"trainLoss":0.4,"valErrorPx":4.5}\n',
} as const

/** Creates the reader of a file of a run folder. */
function createRunReader(name: keyof typeof RUN): FuzzReader {
  return {
    inputs: [Buffer.from(RUN[name])],
    words: ['"epoch"', '"faces"', '"settings"', '"value"'],
    async read(bytes, folder) {
      for (const [other, text] of Object.entries(RUN)) writeFileSync(join(folder, other), other === name ? bytes : text)
      await readRuns([folder])
      await readRunSummary(folder)
      await readRunErrors(folder)
    },
  }
}

export const summary: FuzzReader = createRunReader('summary.json')
export const errors: FuzzReader = createRunReader('errors.json')
export const history: FuzzReader = createRunReader('history.jsonl')

const SETTINGS = { recipe: { name: 'a', epochs: 3 }, seed: 1 }
export const settings: FuzzReader = {
  inputs: [Buffer.from(JSON.stringify(SETTINGS))],
  async read(bytes, folder) {
    const run = join(folder, 'run')
    mkdirSync(run)
    writeFileSync(join(run, 'settings.json'), bytes)
    await openRunDir(run, { resume: true, settings: SETTINGS })
  },
}
