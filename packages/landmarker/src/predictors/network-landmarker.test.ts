import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { useBackend } from '@facekp/backend'
import {
  type Box,
  boundingBox,
  createImage,
  defineScheme,
  IBUG_68,
  type Image,
  rotation,
  type Sample,
  warpSample,
} from '@facekp/core'
import { syntheticFaces } from '@facekp/data-synthetic'
import { createModel as createNetwork, getHead } from '@facekp/models'
import { loadModel } from '@facekp/models/node'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { averageLandmarkers } from '../average-landmarkers.ts'
import type { ImageSource } from '../image-source.ts'
import type { Landmarker } from '../landmarker.ts'
import { loadLandmarker } from '../load-landmarker.ts'
import { loadLandmarker as loadLandmarkerInNode } from '../load-landmarker-node.ts'
import { createModel, type LandmarkerModel } from '../model/landmarker-model.ts'
import { saveLandmarker } from '../model/save-landmarker.ts'
import type { TrackedFace } from '../tracking/tracked-frame.ts'
import { createNetworkLandmarker } from './create-network-landmarker.ts'
import { encodeMap } from './mesh-regression.ts'
import type { NetworkCrop } from './network-crop.ts'
import type { NetworkPredictor } from './network-model.ts'

const scheme = defineScheme({ name: 'two', pointNames: ['a', 'b'], flipPairs: [[0, 1]], parts: [] })
const metrics = { source: 'testSet', images: 3, errorPx: 1, errorPxByPoint: [1, null] } as const
const UPRIGHT: NetworkCrop = { kind: 'upright', shiftX: 0.25, shiftY: -0.5, margin: 0.5, aspectRatio: 1.25 }
/** What the network of `constantNetwork` finds in each crop, 0..1 along its sides. */
const POINTS = [0.25, 0.5, 0.75, 0.125]

let scratch: string
let sample: Sample
let model: LandmarkerModel
beforeAll(async () => {
  await useBackend('onnx')
  scratch = mkdtempSync(join(tmpdir(), 'facekp-network-'))
  sample = await syntheticFaces({ seed: 4, count: 1, scheme: IBUG_68, width: 200, height: 150 }).get(0)
  model = await createNetworkLandmarker(constantNetwork(), { scheme, crop: UPRIGHT, metrics })
})
afterAll(() => rmSync(scratch, { recursive: true }))

/** Makes a network of 20 x 16 pixels that finds the same points in each crop, but also their mean brightness in the first x. */
function constantNetwork(channels = 1, brightness = 0, width = 20): tf.LayersModel {
  const dense = tf.layers.dense({ units: 4 })
  const network = tf.sequential({
    layers: [
      tf.layers.globalAveragePooling2d({ inputShape: [16, width, channels], dataFormat: 'channelsLast' }),
      dense,
    ],
  })
  const kernel = tf.tensor2d(Array.from({ length: channels }, () => [brightness / channels, 0, 0, 0]))
  dense.setWeights([kernel, tf.tensor1d(POINTS)])
  kernel.dispose()
  return network
}

/** Makes a network of head simcc, smaller than those of `createModel`. */
function simccNetwork(): tf.LayersModel {
  const input = tf.input({ shape: [32, 32, 1] })
  const mean = tf.layers.globalAveragePooling2d({ dataFormat: 'channelsLast' }).apply(input) as tf.SymbolicTensor
  const addBins = (name: string): tf.SymbolicTensor => {
    const kernelInitializer = tf.initializers.randomNormal({ stddev: 900, seed: 5 })
    const bins = tf.layers.dense({ units: 128, kernelInitializer }).apply(mean)
    return tf.layers.reshape({ name, targetShape: [2, 64] }).apply(bins) as tf.SymbolicTensor
  }
  const bins = tf.layers.concatenate().apply([addBins('simcc_x'), addBins('simcc_y')])
  const flat = tf.layers.flatten().apply(bins)
  return tf.model({ inputs: input, outputs: tf.layers.dense({ units: 4 }).apply(flat) as tf.SymbolicTensor })
}

const fill = (value: number): Image => createImage(new Uint8Array(3 * 100 * 100).fill(value), 100, 100, 3)
const box: Box = { left: 40, top: 50, width: 20, height: 24 }

const withDetector = (...boxes: Box[]) => ({
  detector: async () => boxes.map((detected) => ({ box: detected, score: 0.9, points: new Float32Array() })),
})

async function use<Result>(landmarker: Landmarker, run: (landmarker: Landmarker) => Promise<Result>): Promise<Result> {
  try {
    return await run(landmarker)
  } finally {
    landmarker.dispose()
  }
}

/** Lists the landmarks of a box in rounded numbers. */
async function findPoints(landmarker: Landmarker, image: ImageSource = fill(128)): Promise<number[]> {
  return use(landmarker, async () => [...(await landmarker.landmarks(image, box)).points])
}

// The crop's height is 2 * max(20 / 1.25, 24) = 48, its width 60, its center (40 + 10 + 5, 50 + 12 - 12): left 25, top 26 along edges.
// Points: 25 + 60 * x - 0.5, 26 + 48 * y - 0.5.
const EXPECTED = [39.5, 49.5, 69.5, 31.5].map((value) => expect.closeTo(value, 3))

describe('a network on whole images', () => {
  const wide = createImage(new Uint8Array(120 * 80).fill(51), 120, 80, 1)
  // Points: 120 * x - 0.5, 80 * y - 0.5.
  const expected = [29.5, 39.5, 89.5, 9.5].map((value) => expect.closeTo(value, 3))
  const create = (network: tf.LayersModel) =>
    createNetworkLandmarker(network, { scheme, crop: { kind: 'image' }, metrics })

  test('finds one face, in the box of the image, without the detector', async () => {
    const landmarker = await loadLandmarker(await create(constantNetwork()), withDetector())
    await use(landmarker, async () => {
      const { faces } = await landmarker.detect(wide)
      const whole = { left: 0, top: 0, width: 120, height: 80 }
      expect(faces).toEqual([{ box: whole, score: 1, points: expect.anything(), confidence: 1 }])
      expect([...(faces[0]?.points ?? [])]).toEqual(expected)
      expect([...(await landmarker.landmarks(wide, box)).points]).toEqual(expected)
    })
  })

  test('averages with the mirrored image, and tracks a face by its mesh', async () => {
    const averaged = await loadLandmarker(await create(constantNetwork()), { tta: true })
    // x: (0.25 + 1 - 0.75) / 2 and (0.75 + 1 - 0.25) / 2; y: the mean of both.
    const [face] = await use(averaged, async () => (await averaged.detect(wide)).faces)
    expect([...(face?.points ?? [])]).toEqual([29.5, 24.5, 89.5, 24.5].map((value) => expect.closeTo(value, 3)))
    const landmarker = await loadLandmarker(await create(constantNetwork()))
    await use(landmarker, async () => {
      const counts: number[] = []
      for await (const { faces } of landmarker.track([fill(128), sample.image], { smoothing: false })) {
        counts.push(faces.length)
        for (const { points } of faces)
          expect([...points]).toEqual([49.5, 74.5, 149.5, 18.25].map((x) => expect.closeTo(x, 3)))
      }
      expect(counts).toEqual([0, 1])
    })
  })

  test('is averaged with others of its kind, and only after landmarkers that find faces', async () => {
    const [whole, upright] = [
      await loadLandmarker(await create(constantNetwork())),
      await loadLandmarker(model, withDetector(box)),
    ]
    const wholeMean = averageLandmarkers([whole, whole])
    expect([...((await wholeMean.detect(wide)).faces[0]?.points ?? [])]).toEqual(expected)
    for (const first of [whole, wholeMean]) {
      expect(() => averageLandmarkers([first, upright])).toThrow(expect.objectContaining({ code: 'ARGUMENT' }))
    }
    const mean = averageLandmarkers([upright, wholeMean])
    const { faces } = await mean.detect(fill(128))
    expect(faces).toMatchObject([{ box, score: 0.9 }])
    // The means of the points below and of 100 * x - 0.5, 100 * y - 0.5.
    expect([...(faces[0]?.points ?? [])]).toEqual([32, 49.5, 72, 21.75].map((value) => expect.closeTo(value, 3)))
    mean.dispose()
  })

  test('is saved and loaded', async () => {
    const folder = join(scratch, 'whole')
    await saveLandmarker(await create(constantNetwork()), folder)
    const landmarker = await loadLandmarkerInNode(folder)
    const { faces } = await use(landmarker, () => landmarker.detect(wide))
    expect([...(faces[0]?.points ?? [])]).toEqual(expected)
  })
})

describe('a network on upright crops', () => {
  test('finds points in the crop of a box, whose margin, shift and aspect ratio landmarker.json holds', async () => {
    const before = tf.memory().numTensors
    const landmarker = await loadLandmarker(model, withDetector(box))
    expect(landmarker.scheme).toEqual(scheme)
    expect(await landmarker.landmarks(fill(128), box)).toEqual({ points: expect.anything(), confidence: 1 })
    const { faces } = await landmarker.detect(fill(128))
    expect(faces).toEqual([{ box, score: 0.9, points: expect.anything(), confidence: 1 }])
    expect([...(faces[0]?.points ?? [])]).toEqual(EXPECTED)
    landmarker.dispose()
    expect(tf.memory().numTensors).toBe(before)
    await expect(landmarker.landmarks(fill(128), box)).rejects.toMatchObject({ code: 'LANDMARKER_DISPOSED' })
  })

  test('sees gray or RGB, normalized by the preprocessing of the network', async () => {
    const read = async (network: tf.LayersModel, source: ImageSource): Promise<number> => {
      const bright = await createNetworkLandmarker(network, { scheme, crop: UPRIGHT, metrics })
      const [x] = await findPoints(await loadLandmarker(bright), source)
      return ((x as number) + 0.5 - 25) / 60 - 0.25
    }
    const red = { ...fill(0), data: fill(0).data.map((_, i) => (i % 3 === 0 ? 255 : 0)) }
    const gray = createImage(new Uint8Array(100 * 100).fill(51), 100, 100, 1)
    // PIL: Image.new('RGB', (1, 1), (255, 0, 0)).convert('L').getpixel((0, 0)) # 76
    expect(await read(constantNetwork(1, 1), red)).toBeCloseTo(76 / 255 - 0.5, 4)
    const rgba = new Uint8ClampedArray(4 * 100 * 100).map((_, i) => (i % 4 === 0 ? 255 : 0))
    expect(await read(constantNetwork(1, 1), { data: rgba, width: 100, height: 100 })).toBeCloseTo(76 / 255 - 0.5, 4)
    expect(await read(constantNetwork(1, 1), gray)).toBeCloseTo(0.2 - 0.5, 4)
    expect(await read(constantNetwork(3, 1), red)).toBeCloseTo(1 / 3 - 0.5, 4)
    expect(await read(constantNetwork(3, 1), gray)).toBeCloseTo(0.2 - 0.5, 4)
    const real = createImage(new Float32Array(100 * 100).fill(-0.3), 100, 100, 1)
    expect(await read(constantNetwork(1, 1), real)).toBeCloseTo(0.2 - 0.5, 4)
  })

  test('averages with the mirrored crop, where points of a flip pair change places', async () => {
    // a: x (0.25 + 1 - 0.75) / 2, y (0.5 + 0.125) / 2; b: x (0.75 + 1 - 0.25) / 2, the same y
    const expected = [39.5, 26 + 48 * 0.3125 - 0.5, 69.5, 26 + 48 * 0.3125 - 0.5]
    const points = await findPoints(await loadLandmarker(model, { tta: true }))
    expect(points).toEqual(expected.map((value) => expect.closeTo(value, 3)))
  })

  test('finds no face, four faces, and faces cut by the edge', async () => {
    const cut = { ...box, left: -12, top: 90 }
    const boxes = [box, { ...box, left: 0 }, { ...box, top: 0 }, cut]
    const detect = async (...boxes: Box[]) =>
      use(await loadLandmarker(model, withDetector(...boxes)), (landmarker) => landmarker.detect(fill(7)))
    expect(await detect()).toEqual({ faces: [] })
    const { faces } = await detect(...boxes)
    expect(faces.map((face) => face.box)).toEqual(boxes)
    // 52 to the left of `box` and 40 below it.
    const moved = [39.5 - 52, 49.5 + 40, 69.5 - 52, 31.5 + 40].map((value) => expect.closeTo(value, 3))
    expect([...(faces[3]?.points ?? [])]).toEqual(moved)
  })

  test('follows faces of a video by their meshes', async () => {
    const landmarker = await loadLandmarker(model)
    const ids: number[] = []
    for await (const { faces } of landmarker.track([sample.image, sample.image], { smoothing: false })) {
      const [face] = faces
      expect(faces).toHaveLength(1)
      ids.push(face?.id as number)
      const { left, top, width, height } = (face as TrackedFace).box
      const side = 2 * Math.max(width / 1.25, height)
      const x = left + 0.75 * width - 0.25 * 1.25 * side - 0.5
      expect(face?.points[0]).toBeCloseTo(x, 2)
      expect(face?.points[1]).toBeCloseTo(top - 0.5, 2)
      expect(face?.confidence).toBeGreaterThan(0.8)
    }
    landmarker.dispose()
    expect(ids).toEqual([0, 0])
  })

  test.each([
    ['heatmaps', () => createNetwork('heatmapNet16', { inputSize: [32, 32], numKeypoints: 2, seed: 3 })],
    ['simcc', simccNetwork],
  ] as const)('with head %s gives the points and the mean confidence of the network itself', async (head, create) => {
    const network = create()
    const crop = { ...UPRIGHT, aspectRatio: 1 }
    const headed = await createNetworkLandmarker(network, { scheme, crop, metrics })
    expect(headed.predictor).toMatchObject({ network: { head, input: { width: 32, height: 32, channels: 1 } } })
    const landmarks = await use(await loadLandmarker(headed), (landmarker) => landmarker.landmarks(fill(128), box))
    const { network: headNetwork, decode } = getHead(network)
    const decoded = tf.tidy(() => {
      const outputs = headNetwork.predict(tf.fill([1, 32, 32, 1], 128 / 255 - 0.5))
      const { points, confidence } = decode([outputs].flat())
      return { relative: points.dataSync(), confidence: confidence?.mean().dataSync()[0] }
    })
    network.dispose()
    // A square of 48 about (55, 50)
    const expected = [...decoded.relative].map((value, i) => (i % 2 === 0 ? 31 : 26) + 48 * value - 0.5)
    expect([...landmarks.points]).toEqual(expected.map((value) => expect.closeTo(value, 2)))
    expect(landmarks.confidence).toBeCloseTo(decoded.confidence as number, 4)
  })
})

test('metrics may have an NME that is undefined, as their type says', async () => {
  const options = { scheme, crop: UPRIGHT, metrics: { ...metrics, nme: undefined } }
  expect((await createNetworkLandmarker(constantNetwork(), options)).metrics).toEqual(metrics)
})

test('a network on leveled crops sees faces with their eyes level, at any tilt', async () => {
  const crop = { kind: 'leveled', scale: 0.8 } as const
  await expect(createNetworkLandmarker(constantNetwork(), { scheme, crop, metrics })).rejects.toMatchObject({
    code: 'LANDMARKER_MODEL',
    expected: 'a square input for leveled crops',
  })
  const leveled = await createNetworkLandmarker(constantNetwork(1, 0, 16), { scheme, crop, metrics })
  const landmarker = await loadLandmarker(leveled)
  for (const degrees of [0, 40]) {
    const size = { width: 200, height: 150 }
    const { image, keypoints } = warpSample(sample, rotation(degrees, 100, 75), size)
    const { points, confidence } = await landmarker.landmarks(image, boundingBox(keypoints))
    const angle = (x: number, y: number) => (Math.atan2(y, x) * 180) / Math.PI
    const eyes = angle(
      (keypoints[90] as number) - (keypoints[72] as number),
      (keypoints[91] as number) - (keypoints[73] as number),
    )
    // From a (0.25, 0.5) to b (0.75, 0.125) in a square.
    const [ax, ay, bx, by] = points as unknown as [number, number, number, number]
    expect(Math.abs(angle(bx - ax, by - ay) - (eyes + angle(0.5, -0.375)))).toBeLessThan(8)
    expect(confidence).toBeGreaterThan(0.8)
  }
  landmarker.dispose()
})

describe('the folder of a network', () => {
  let folder: string
  let server: Server
  let address: string
  beforeAll(async () => {
    folder = join(scratch, 'mine')
    await saveLandmarker(model, folder, { license: 'CC0-1.0', data: 'constants' })
    server = createServer((request, response) => {
      try {
        response.end(readFileSync(join(scratch, request.url as string)))
      } catch {
        response.writeHead(404).end()
      }
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => void server.close())

  const readFiles = (): Map<string, Uint8Array> =>
    new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]))
  const readJson = (): LandmarkerModel => JSON.parse(readFileSync(join(folder, 'landmarker.json'), 'utf8'))

  test('holds all that a program needs, and a model that TensorFlow.js reads', async () => {
    expect(readdirSync(folder).sort()).toEqual(['landmarker.json', 'model.json', 'weights.bin'])
    const sha256 = createHash('sha256')
      .update(readFileSync(join(folder, 'weights.bin')))
      .digest('hex')
    expect(readJson()).toEqual({
      format: 'facekp-landmarker',
      version: 1,
      scheme,
      predictor: {
        kind: 'network',
        tta: false,
        crop: UPRIGHT,
        network: {
          model: 'model.json',
          weights: 'weights.bin',
          sha256,
          head: 'coordinates',
          input: { width: 20, height: 16, channels: 1, valueRange: [0, 1], mean: [0.5], std: [1] },
        },
      },
      metrics,
      versions: { landmarker: expect.any(String), tfjs: tf.version_core },
      license: 'CC0-1.0',
      data: 'constants',
    })
    const network = await loadModel(folder)
    expect(network.outputs[0]?.shape).toEqual([null, 4])
    network.dispose()
  })

  test('is loaded from a path, a file: URL, a server, and the bytes of its files', async () => {
    const sources = [folder, pathToFileURL(folder)]
    for (const source of sources) expect(await findPoints(await loadLandmarkerInNode(source))).toEqual(EXPECTED)
    const urls = [`${address}/mine`, `${address}/mine/landmarker.json`, new URL(`${address}/mine/`)]
    for (const source of [...urls, readFiles()]) {
      expect(await findPoints(await loadLandmarker(source))).toEqual(EXPECTED)
    }
    expect(await findPoints(await loadLandmarkerInNode(`${address}/mine/`))).toEqual(EXPECTED)
  })

  test('is replaced as a whole, also by a landmarker without a network', async () => {
    const other = join(scratch, 'replaced')
    await saveLandmarker(model, other)
    await saveLandmarker(model, other)
    expect(readdirSync(other).sort()).toEqual([
      'landmarker.json',
      expect.stringMatching(/^model-[0-9a-f]{12}\.json$/),
      expect.stringMatching(/^weights-[0-9a-f]{12}\.bin$/),
    ])
    expect(await findPoints(await loadLandmarkerInNode(other))).toEqual(EXPECTED)
    const modelFile = readdirSync(other)[1] as string
    const network = await loadModel(join(other, modelFile))
    network.dispose()
    const map = { means: new Float64Array(936), offsets: new Float64Array(4), coefficients: new Float64Array(936 * 4) }
    const predictor = { kind: 'meshRegression', tta: false, regression: encodeMap(map) } as const
    await saveLandmarker(createModel({ scheme, predictor, metrics }), other)
    expect(readdirSync(other)).toEqual(['landmarker.json'])
  })

  test('a missing file, a server without it, and a page instead of it are errors that name it', async () => {
    const files = readFiles()
    files.delete('weights.bin')
    await expect(loadLandmarker(files)).rejects.toMatchObject({ code: 'LANDMARKER_FILE', file: 'weights.bin' })
    await expect(loadLandmarker(new Map())).rejects.toMatchObject({ code: 'LANDMARKER_FILE', file: 'landmarker.json' })
    await expect(loadLandmarker(files.get('landmarker.json') as Uint8Array)).rejects.toMatchObject({
      code: 'LANDMARKER_FILE',
      file: expect.stringMatching(/^(model.json|weights.bin)$/),
    })
    await expect(loadLandmarker({ ...model, files: {} })).rejects.toMatchObject({
      code: 'LANDMARKER_MODEL',
      problem: 'the landmarker lacks its file model.json',
    })
    const missing = `${address}/none/landmarker.json`
    await expect(loadLandmarker(`${address}/none`)).rejects.toMatchObject({
      code: 'LANDMARKER_FILE',
      file: missing,
      received: 'status 404 Not Found',
    })
    await expect(loadLandmarkerInNode(`${address}/none`)).rejects.toMatchObject({ file: missing })
    await expect(loadLandmarker('http://127.0.0.1:1/')).rejects.toMatchObject({ code: 'LANDMARKER_FILE' })
    for (const source of ['http://', './mine/']) {
      await expect(loadLandmarker(source)).rejects.toMatchObject({
        code: 'LANDMARKER_FILE',
        received: 'not a URL; paths are for @facekp/landmarker/node',
      })
    }
    await expect(loadLandmarkerInNode(join(scratch, 'none'))).rejects.toMatchObject({
      code: 'LANDMARKER_FILE',
      file: join(scratch, 'none', 'landmarker.json'),
    })
    const page = new Map([['landmarker.json', new TextEncoder().encode('<!doctype html>')]])
    await expect(loadLandmarker(page)).rejects.toMatchObject({
      code: 'LANDMARKER_MODEL',
      received: "'<!doctype html>'",
    })
  })

  test.each<[string, (json: LandmarkerModel) => object, string]>([
    ['a newer version', (json) => ({ ...json, version: 2 }), 'saved by a newer version'],
    ['an unknown kind', (json) => ({ ...json, predictor: { kind: 'magic' } }), 'predictor'],
    ['a path outside', (json) => changeNetwork(json, { weights: '../weights.bin' }), 'predictor.network.weights'],
    ['another hash', (json) => changeNetwork(json, { sha256: '0'.repeat(64) }), 'predictor.network.sha256'],
    [
      'another head',
      (json) => changeNetwork(json, { head: 'heatmaps' }),
      'not the network that landmarker.json describes',
    ],
    [
      'another scheme',
      (json) => ({
        ...json,
        scheme: { name: 'three', pointNames: ['a', 'b', 'c'], flipPairs: [], parts: [] },
        metrics: { ...metrics, errorPxByPoint: [1, 2, 3] },
      }),
      'not the network that landmarker.json describes',
    ],
  ])('with %s is refused, naming the file', async (_, change, problem) => {
    const changed = join(scratch, 'changed')
    mkdirSync(changed, { recursive: true })
    for (const [name, bytes] of readFiles()) writeFileSync(join(changed, name), bytes)
    writeFileSync(join(changed, 'landmarker.json'), JSON.stringify(change(readJson())))
    const before = tf.memory().numTensors
    await expect(loadLandmarkerInNode(changed)).rejects.toMatchObject({
      code: 'LANDMARKER_MODEL',
      file: join(changed, 'landmarker.json'),
      problem: expect.stringContaining(problem),
    })
    expect(tf.memory().numTensors).toBe(before)
  })

  const changeNetwork = (json: LandmarkerModel, change: object): object => ({
    ...json,
    predictor: { ...json.predictor, network: { ...(json.predictor as NetworkPredictor).network, ...change } },
  })
})
