import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setThreads } from '@facekp/backend-onnx'
import { createDataset, createImage, createSample, type Dataset, defineScheme, mapDataset, subset } from '@facekp/core'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { dots } from '../../fixtures/dots.ts'
import { resumable, weightsHash } from '../../fixtures/resumable.ts'
import { checkpointFolder } from '../checkpoint/checkpoint-folder.ts'
import { train } from '../loop/train.ts'
import type { TrainingConfig } from '../loop/training-settings.ts'
import { datasetHash } from './dataset-hash.ts'
import { loadRunManifest, saveRunManifest } from './run-manifest.ts'

beforeAll(() => tf.setBackend('cpu'))
const folders = mkdtempSync(join(tmpdir(), 'facekp-run-'))
afterAll(() => rmSync(folders, { recursive: true }))

describe('datasetHash', () => {
  const scheme = defineScheme({ name: 'two', pointNames: ['a', 'b'], flipPairs: [], parts: [] })
  const sample = (data: Uint8Array | Float32Array, unlabeled = Number.NaN) =>
    createSample({
      id: 'é',
      image: createImage(data, 3, 1, 1),
      keypoints: Float32Array.of(0.5, -1.25, unlabeled, 7),
      visibility: Uint8Array.of(2, 0),
    })
  const computeHash = (...samples: ReturnType<typeof sample>[]) => datasetHash(createDataset(scheme, samples))

  // import hashlib, struct
  // h = hashlib.sha256('["two",["a","b"]]\n'.encode())
  // points = struct.pack('<4f', 0.5, -1.25, 0, 0) + bytes([2, 0])
  // h.update('["é",3,1,1,"u8"]\n'.encode() + points + bytes([1, 2, 255]))
  // h.update('["é",3,1,1,"f32"]\n'.encode() + points + struct.pack('<3f', 0.5, -0.5, 0))
  // print(h.hexdigest())
  test('is the SHA-256 of the documented bytes', async () => {
    expect(await computeHash(sample(Uint8Array.of(1, 2, 255)), sample(Float32Array.of(0.5, -0.5, 0), 3))).toBe(
      'f57c1ca5c62bc599dc38b1d120d1b4de85297fba0dc4eec63e1d83272f8d0147',
    )
  })

  test('differs for another image, point, id or order', async () => {
    const faces = dots(3)
    const change = (make: (sample: Awaited<ReturnType<Dataset['get']>>) => object) =>
      mapDataset(faces, (sample) => ({ ...sample, ...make(sample) }))
    const hashes = await Promise.all(
      [
        faces,
        dots(2),
        subset(faces, [1, 0, 2]),
        change(({ id }) => ({ id: `${id}!` })),
        change(({ keypoints }) => ({ keypoints: keypoints.map((value) => value + 1e-3) })),
        change(() => ({ visibility: Uint8Array.of(1) })),
        change(({ image }) => ({ image: { ...image, data: image.data.map((value, i) => (i ? value : value ^ 1)) } })),
        change(({ image }) => ({ image: { ...image, width: image.height, height: image.width } })),
      ].map((dataset) => datasetHash(dataset)),
    )
    expect(new Set(hashes).size).toBe(hashes.length)
    expect(await datasetHash(dots(3))).toBe(hashes[0])
  })
})

describe('a run', () => {
  const CONFIG: TrainingConfig = {
    epochs: 3,
    batchSize: 4,
    gradientAccumulationSteps: 2,
    seed: 9,
    learningRate: { kind: 'cosine', learningRate: 0.02, warmupSteps: 2 },
    optimizer: { kind: 'adam', weightDecay: 0.01 },
    paramGroups: [{ match: 'batch_normalization', lrScale: 0.5 }],
    emaDecay: 0.8,
    pointWeights: { hidden: 0.5 },
    maxGradientNorm: 2,
    loss: { kind: 'wing', omega: 4 },
    earlyStopping: { patience: 2 },
  }
  const material = () => {
    const { model, train, validation, transform } = resumable()
    return { model, train, validation, transform }
  }
  const write = async (name: string, config = CONFIG) => {
    const folder = join(folders, name)
    const { train, validation } = material()
    return { folder, run: await saveRunManifest(folder, { config, train, validation, recipe: { network: 'small' } }) }
  }
  const change = (folder: string, from: string, to: string): void => {
    const file = join(folder, 'run.json')
    const text = readFileSync(file, 'utf8')
    expect(text).toContain(from)
    writeFileSync(file, text.replace(from, to))
  }

  test('trained from its file ends with the same weights, bit by bit', async () => {
    const { folder } = await write('same')
    const first = material()
    const repeated = material()
    await train({ ...CONFIG, ...first })
    const { config } = await loadRunManifest(folder, {
      ...repeated,
      onDifference: () => expect('a difference').toBe('none'),
    })
    await train({ ...config, ...repeated })
    expect(weightsHash(repeated.model)).toBe(weightsHash(first.model))
    expect(weightsHash(repeated.model)).not.toBe(weightsHash(material().model))
  })

  test('contains settings, recipe, backend, versions and data', async () => {
    const { folder, run } = await write('contents')
    const { train, validation } = material()
    expect(JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8'))).toEqual(run)
    expect(await loadRunManifest(folder, { train, validation })).toEqual(run)
    change(folder, '{', '\uFEFF{')
    expect(await loadRunManifest(folder, { train, validation })).toEqual(run)
    expect(run).toMatchObject({
      config: CONFIG,
      recipe: { network: 'small' },
      backend: { name: 'cpu', threads: expect.any(Number) },
      versions: {
        node: process.versions.node,
        '@tensorflow/tfjs-core': tf.version_core,
        '@facekp/trainer': expect.any(String),
        '@facekp/core': expect.any(String),
      },
      data: { train: await datasetHash(dots(22)), validation: await datasetHash(dots(6, 2)) },
    })
  })

  describe('that is resumed', () => {
    const begin = async (name: string) => {
      const folder = join(folders, name)
      const checkpoints = checkpointFolder(join(folder, 'checkpoints'))
      const { model, ...data } = material()
      const recipe = { network: 'small', augmentation: { degrees: 10 } }
      const run = await saveRunManifest(folder, { config: CONFIG, recipe, checkpoints, ...data })
      await train({ ...run.config, model, ...data, checkpoints, timeLimitSeconds: 1e-9 })
      return { folder, checkpoints, config: CONFIG, recipe, train: data.train, validation: data.validation }
    }
    const readText = (folder: string) => readFileSync(join(folder, 'run.json'), 'utf8')

    test('must have the same settings, recipe and data; a rejected one changes nothing', async () => {
      const { folder, ...same } = await begin('continued')
      const before = readText(folder)
      const changes: [object, string, RegExp][] = [
        [
          { config: { ...CONFIG, seed: 8 } },
          'RUN_MISMATCH',
          /different config\.seed: expected 9, or another folder, received 8/,
        ],
        [{ config: { ...CONFIG, loss: { kind: 'wing', omega: 5 } } }, 'RUN_MISMATCH', /config\.loss\.omega/],
        [{ config: { ...CONFIG, emaDecay: undefined } }, 'RUN_MISMATCH', /config\.emaDecay: .*received none/],
        [
          { recipe: { ...same.recipe, augmentation: { degrees: 20 } } },
          'RUN_MISMATCH',
          /recipe\.augmentation\.degrees/,
        ],
        [{ train: dots(22, 7) }, 'RUN_DATA', /those of train differ/],
        [{ validation: undefined }, 'RUN_DATA', /those of validation differ/],
      ]
      for (const [changed, code, message] of changes) {
        await expect(saveRunManifest(folder, { ...same, resume: true, ...changed })).rejects.toMatchObject({
          code,
          file: join(folder, 'run.json'),
          message: expect.stringMatching(message),
        })
        expect(readText(folder)).toBe(before)
      }
    })

    test('may have another time limit and other epochs, and needs option resume', async () => {
      const { folder, ...same } = await begin('longer')
      await expect(saveRunManifest(folder, same)).rejects.toMatchObject({ code: 'CHECKPOINT_EXISTS' })
      const config = { ...CONFIG, epochs: 4, timeLimitSeconds: 5 }
      await saveRunManifest(folder, {
        ...same,
        config,
        resume: true,
        onDifference: () => expect('a difference').toBe('none'),
      })
      expect(JSON.parse(readText(folder)).config).toMatchObject(config)
    })

    test('is written if there was no file, or no checkpoint', async () => {
      const { folder, ...same } = await begin('unwritten')
      rmSync(join(folder, 'run.json'))
      await saveRunManifest(folder, { ...same, config: { ...CONFIG, seed: 8 }, resume: true })
      rmSync(join(folder, 'checkpoints'), { recursive: true })
      await saveRunManifest(folder, { ...same, resume: true })
      expect(JSON.parse(readText(folder)).config.seed).toBe(9)
    })
  })

  test('of other data is rejected', async () => {
    const { folder } = await write('data')
    const { train, validation } = material()
    for (const other of [{ train: dots(21), validation }, { train, validation: dots(6, 3) }, { train }])
      await expect(loadRunManifest(folder, other)).rejects.toMatchObject({
        code: 'RUN_DATA',
        file: join(folder, 'run.json'),
      })
  })

  test('holds the number of threads that backend onnx has', async () => {
    await tf.setBackend('onnx')
    const threads = availableParallelism() + 3
    setThreads(threads)
    const { folder, run } = await write('threads')
    expect(run.backend).toEqual({ name: 'onnx', threads })
    setThreads(1)
    const differences: string[] = []
    const { train, validation } = material()
    await loadRunManifest(folder, { train, validation, onDifference: (text) => differences.push(text) })
    await tf.setBackend('cpu')
    setThreads(availableParallelism())
    expect(differences).toEqual([expect.stringContaining(`threads was ${threads}, now 1`)])
  })

  test('with another version, backend or number of threads is reported', async () => {
    const { folder } = await write('versions')
    change(folder, `"node": "${process.versions.node}"`, '"node": "20.0.0", "old": "1.0.0"')
    change(folder, '"name": "cpu"', '"name": "wasm"')
    const differences: string[] = []
    const { train, validation } = material()
    const place = { train, validation, threads: 77, versions: { program: '3' } }
    await loadRunManifest(folder, { ...place, onDifference: (difference) => differences.push(difference) })
    expect(differences.map((text) => /json: (.*);/.exec(text)?.[1])).toEqual([
      'backend was wasm, now cpu',
      expect.stringMatching(/^threads was \d+, now 77$/),
      `node was 20.0.0, now ${process.versions.node}`,
      'old was 1.0.0, now missing',
      'program was missing, now 3',
    ])
  })

  test.each([
    [
      '"momentum": 0.5',
      '"momentum": 1.5',
      'TRAIN_CONFIG',
      /run\.json: setting config\.optimizer\.momentum: expected a number below 1, received 1\.5/,
    ],
    [
      '"epochs": 3',
      '"epochs": 3, "batches": 1',
      'TRAIN_CONFIG',
      /setting config\.batches: expected .*, received an unknown name/,
    ],
    ['"format": 1', '"format": 2', 'RUN_FORMAT', /field format of the run: expected 1, received 2/],
    ['"name": "cpu"', '"name": 1', 'RUN_FORMAT', /field backend\.name of the run: expected a string, received 1/],
    ['{', '', 'RUN_FORMAT', /the file is not valid JSON/],
  ])('with %s as %s is rejected', async (from, to, code, message) => {
    const { folder } = await write('broken', { ...CONFIG, optimizer: { kind: 'sgd', momentum: 0.5 } })
    change(folder, from, to)
    const { train, validation } = material()
    await expect(loadRunManifest(folder, { train, validation })).rejects.toMatchObject({
      code,
      file: join(folder, 'run.json'),
      message: expect.stringMatching(message),
    })
  })

  test('that is missing is an error, and so are invalid settings', async () => {
    const { train } = material()
    await expect(loadRunManifest(join(folders, 'missing'), { train })).rejects.toMatchObject({ code: 'RUN_FORMAT' })
    await expect(saveRunManifest(folders, { train, config: { ...CONFIG, epochs: 0 } })).rejects.toMatchObject({
      code: 'TRAIN_CONFIG',
    })
  })
})
