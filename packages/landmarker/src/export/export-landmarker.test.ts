import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { useBackend } from '@facekp/backend'
import {
  boundingBox,
  composeAffine,
  IBUG_68,
  type Keypoints,
  mapKeypoints,
  pickKeypoints,
  randomStream,
  rotation,
  type Sample,
  scaling,
  translation,
  warpAffine,
  warpSample,
} from '@facekp/core'
import { syntheticFaces } from '@facekp/data-synthetic'
import { toGray } from '@facekp/image'
import { writeImage } from '@facekp/image/node'
import { heatmapNet, setPreprocessing } from '@facekp/models'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { findPython } from '../../../../tests/support/find-python.ts'
import { testIf } from '../../../../tests/support/require.ts'
import { mapFrameToImage } from '../face-frame.ts'
import { DESCRIPTOR_LENGTH } from '../feature-maps.ts'
import { findMeshes } from '../find-meshes.ts'
import { loadLandmarker } from '../load-landmarker-node.ts'
import { loadMeshNetwork, type Mesh, mapFromFrame } from '../mesh-network.ts'
import { createModel, type LandmarkerModel } from '../model/landmarker-model.ts'
import { saveLandmarker } from '../model/save-landmarker.ts'
import { createNetworkLandmarker } from '../predictors/create-network-landmarker.ts'
import { createMeshRegression, encodeMap, type MeshRegression } from '../predictors/mesh-regression.ts'
import type { NetworkPredictor } from '../predictors/network-model.ts'
import type { MeshPredictor } from '../predictors/predictor.ts'
import { getReadyPredictor } from '../predictors/ready-predictors.ts'
import { createRefinedRegression, encodeRefinement, type RefinedRegression } from '../predictors/refined-regression.ts'
import { exportLandmarker } from './export-landmarker.ts'

// The public interface of onnxruntime-node runs the files.
const { InferenceSession, Tensor } = createRequire(import.meta.url)(
  'onnxruntime-node',
) as typeof import('onnxruntime-node')

const PAGE = fileURLToPath(new URL('../../../../docs/onnx-landmarker.md', import.meta.url))
const PROGRAM = fileURLToPath(new URL('../../../../docs/onnx-landmarker.py', import.meta.url))
const PYTHON = findPython(['onnxruntime', 'numpy', 'PIL'])

let folder: string
let sample: Sample
let model: LandmarkerModel

beforeAll(async () => {
  await useBackend('wasm')
  folder = mkdtempSync(join(tmpdir(), 'facekp-landmarker-onnx-'))
  sample = await getFace(320, 12)
  model = createRandomModel()
  await saveLandmarker(model, join(folder, 'saved'), { license: 'CC-BY-4.0', data: 'drawn by a test' })
  await exportLandmarker('ibug-68', { path: path('ibug-68'), check: true })
  await exportLandmarker(join(folder, 'saved'), { path: path('saved') })
  await exportLandmarker({ ...model, predictor: getRefined() }, { path: path('refined'), check: true })
})

afterAll(() => rmSync(folder, { recursive: true }))

const path = (name: string): string => join(folder, `${name}.onnx`)

/** Draws a face that is tilted by `degrees`. */
async function getFace(width: number, degrees: number): Promise<Sample> {
  const size = { width, height: (width * 3) / 4 }
  const face = await syntheticFaces({ seed: 4, count: 1, scheme: IBUG_68, ...size }).get(0)
  return warpSample(face, rotation(degrees, size.width / 2, size.height / 2), size)
}

/** Makes a model of two points and random coefficients, which averages meshes with those of mirrored crops. */
function createRandomModel(): LandmarkerModel {
  const random = randomStream({ seed: 1, purpose: 'coefficients' })
  const scheme = pickKeypoints(IBUG_68, 'two', [36, 45])
  const draw = (length: number): Float64Array => Float64Array.from({ length }, () => random.uniform(-0.05, 0.05))
  const metrics = { source: 'crossValidation', images: 20, errorPx: 1.5, errorPxByPoint: [1, 2] } as const
  const regression = encodeMap({ means: draw(936), offsets: draw(4), coefficients: draw(4 * 936) })
  return createModel({ scheme, predictor: { kind: 'meshRegression', tta: true, regression }, metrics })
}

const getRegression = (): MeshRegression => model.predictor as MeshRegression

/** Adds a refinement of random coefficients to the model, which moves points by some pixels. */
function getRefined(): RefinedRegression {
  const random = randomStream({ seed: 2, purpose: 'refinement' })
  const draw = (length: number): Float64Array => Float64Array.from({ length }, () => random.uniform(-1e-3, 1e-3))
  const refinement = { mirrored: true, offsets: draw(4), coefficients: draw(4 * DESCRIPTOR_LENGTH) }
  return { ...getRegression(), kind: 'refinedRegression', refinement: encodeRefinement(refinement) }
}

describe('ONNX Runtime computes what the landmarker does', () => {
  const frame = { x: 160, y: 110, side: 170, degrees: 12 }

  test.each([
    ['ibug-68', () => getReadyPredictor('ibug-68')],
    ['saved', () => createMeshRegression(getRegression(), model.scheme, undefined)],
    ['refined', () => createRefinedRegression(getRefined(), model.scheme, undefined)],
  ] as const)('%s, for a batch too', async (name, createPredictor: () => MeshPredictor) => {
    const { scheme, tta, predict } = createPredictor()
    const network = await loadMeshNetwork(true)
    const [mesh] = (await network.predict(sample.image, [frame], tta)) as [Mesh]
    const [plainMesh] = (await network.predict(sample.image, [frame])) as [Mesh]
    network.dispose()
    const size = { width: 192, height: 192 }
    const crop = warpAffine(sample.image, mapFrameToImage(frame, 192), { ...size, border: { constant: 0 } })
    const pixels = Float32Array.from(crop.data, (value) => value / 255)
    const batch = Float32Array.from([...pixels.map((value) => 1 - value), ...pixels])

    const session = await InferenceSession.create(path(name))
    expect(session.inputNames).toEqual(['image'])
    const results = await session.run({ image: new Tensor('float32', batch, [2, 192, 192, 3]) })
    const count = scheme.pointNames.length
    expect(results['points']?.dims).toEqual([2, count, 2])
    expect(results['mesh']?.dims).toEqual([2, 468, 2])
    expect(results['confidence']?.dims).toEqual([2])
    const toImage = (output: string): Float32Array => {
      const data = results[output]?.data as Float32Array
      return mapFromFrame(
        frame,
        data.slice(data.length / 2).map((value) => (value + 0.5) / 192),
      )
    }
    const expectNear = (numbers: Float32Array, expected: Float32Array): void => {
      expect([...numbers]).toEqual(Array.from(expected, (value) => expect.closeTo(value, 2)))
    }
    const [expected] = await predict(sample.image, [mesh], tta)
    expectNear(toImage('points'), expected as Keypoints)
    expectNear(toImage('mesh'), plainMesh.points)
    expect(results['confidence']?.data[1]).toBeCloseTo(mesh.confidence, 4)
    expect(results['confidence']?.data[1]).toBeGreaterThan(0.8)
  })
})

describe('a trained network', () => {
  const metrics = { source: 'testSet', images: 7, errorPx: 2, errorPxByPoint: [1, null] } as const
  const scheme = pickKeypoints(IBUG_68, 'two', [36, 45])

  test.each([
    [
      'heatmaps, mirrored too',
      true,
      3,
      () => heatmapNet({ height: 32, width: 64, inChannels: 3, numKeypoints: 2, seed: 1 }),
    ],
    [
      'coordinates, gray',
      false,
      1,
      () => {
        const kernelInitializer = tf.initializers.randomUniform({ minval: -0.01, maxval: 0.01, seed: 1 })
        return tf.sequential({
          layers: [
            tf.layers.flatten({ inputShape: [32, 64, 1] }),
            tf.layers.dense({ units: 4, kernelInitializer, biasInitializer: 'ones' }),
          ],
        })
      },
    ],
  ] as const)('%s, upright', async (_, tta, channels, createNetwork) => {
    const network = createNetwork()
    const color = [0.5, 0.4, 0.3]
    setPreprocessing(network, { channels, mean: color.slice(0, channels), std: [0.2, 0.25, 0.3].slice(0, channels) })
    const crop = { kind: 'upright', shiftX: 0.01, shiftY: -0.02, margin: 0.2, aspectRatio: 2 } as const
    const options = { scheme, crop, metrics, tta }
    const networkModel = await createNetworkLandmarker(network, options)
    network.dispose()
    const before = tf.memory().numTensors
    await exportLandmarker(networkModel, { path: path('network'), check: true })
    expect(tf.memory().numTensors).toBe(before)

    // The crop as the page describes it.
    const box = boundingBox(sample.keypoints)
    const cropHeight = 1.4 * Math.max(box.width / 2, box.height)
    const step = cropHeight / 32
    const left = box.left + 0.51 * box.width - cropHeight
    const top = box.top + 0.48 * box.height - cropHeight / 2
    const toImage = composeAffine(translation(0.5, 0.5), scaling(step), translation(left - 0.5, top - 0.5))
    const image = channels === 1 ? toGray(sample.image) : sample.image
    const { data } = warpAffine(image, toImage, { width: 64, height: 32 })
    const pixels = Float32Array.from(
      data,
      (value, i) => (value / 255 - (color[i % channels] as number)) / (0.2 + 0.05 * (i % channels)),
    )
    const session = await InferenceSession.create(path('network'))
    const results = await session.run({ image: new Tensor('float32', pixels, [1, 32, 64, channels]) })
    const points = mapKeypoints(toImage, results['points']?.data as Float32Array)

    const landmarker = await loadLandmarker(networkModel)
    const expected = await landmarker.landmarks(sample.image, box)
    landmarker.dispose()
    expect([...points]).toEqual(Array.from(expected.points, (value) => expect.closeTo(value, 2)))
    expect(results['confidence']?.data[0]).toBeCloseTo(expected.confidence, 4)
    const file = readFileSync(path('network'), 'latin1')
    expect(file).toContain(JSON.stringify({ ...crop, border: 'edge' }))
    const { network: stored } = networkModel.predictor as NetworkPredictor
    for (const text of [JSON.stringify(stored.input), stored.head, stored.sha256]) expect(file).toContain(text)
  })

  test('leveled: in the square of the last mesh, scaled', async () => {
    const network = heatmapNet({ height: 32, width: 32, inChannels: 3, numKeypoints: 2, seed: 2 })
    setPreprocessing(network, { channels: 3, mean: [0, 0, 0], std: [1, 1, 1] })
    const crop = { kind: 'leveled', scale: 0.8 } as const
    const networkModel = await createNetworkLandmarker(network, { scheme, crop, metrics })
    network.dispose()
    await exportLandmarker(networkModel, { path: path('leveled') })

    const box = boundingBox(sample.keypoints)
    const meshNetwork = await loadMeshNetwork()
    const [mesh] = (await findMeshes({ network: meshNetwork, tta: false }, sample.image, [{ box }])) as [Mesh]
    meshNetwork.dispose()
    const { x, y, side, degrees } = mesh.frame
    const toCenter = translation(-15.5, -15.5)
    const toImage = composeAffine(toCenter, scaling((0.8 * side) / 32), rotation(degrees), translation(x, y))
    const { data } = warpAffine(sample.image, toImage, { width: 32, height: 32 })
    const pixels = Float32Array.from(data, (value) => value / 255)
    const session = await InferenceSession.create(path('leveled'))
    const results = await session.run({ image: new Tensor('float32', pixels, [1, 32, 32, 3]) })
    const points = mapKeypoints(toImage, results['points']?.data as Float32Array)

    const landmarker = await loadLandmarker(networkModel)
    const expected = await landmarker.landmarks(sample.image, box)
    landmarker.dispose()
    expect([...points]).toEqual(Array.from(expected.points, (value) => expect.closeTo(value, 2)))
    expect(mesh.confidence).toBeCloseTo(expected.confidence, 3)
  })
})

test('the metadata holds the SHA-256 of all weights, those of a refinement too', () => {
  const { regression, refinement } = getRefined()
  const texts = [
    regression.means,
    regression.offsets,
    regression.coefficients,
    refinement.offsets,
    refinement.coefficients,
  ]
  const sha256 = createHash('sha256')
  for (const text of texts) sha256.update(Buffer.from(text, 'base64'))
  expect(readFileSync(path('refined'), 'latin1')).toContain(sha256.digest('hex'))
})

test('a model gives the file that its folder gives, apart from what saveLandmarker adds; no tensor is left', async () => {
  const before = tf.memory().numTensors
  await exportLandmarker({ ...model, license: 'CC-BY-4.0', data: 'drawn by a test' }, { path: path('object') })
  expect(readFileSync(path('object')).equals(readFileSync(path('saved')))).toBe(true)
  expect(tf.memory().numTensors).toBe(before)
})

describe('in Python', () => {
  const testPython = testIf(PYTHON, 'a Python with onnxruntime, numpy and PIL')
  const run = (args: readonly string[]): unknown =>
    JSON.parse(execFileSync(PYTHON as string, args, { encoding: 'utf8', maxBuffer: 2 ** 26 }))

  // The program samples by PIL, whose filters differ.
  testPython.each([
    [320, 12],
    [320, -100],
    [800, 0],
  ])(
    'the program of the page gives the points of landmarks() within 0.75 pixels of the crop: %p px, %p degrees',
    async (width, degrees) => {
      const { image, keypoints } = await getFace(width, degrees)
      const file = join(folder, 'face.png')
      await writeImage(file, image)
      const landmarker = await loadLandmarker('ibug-68')
      const box = boundingBox(keypoints)
      const expected = await landmarker.landmarks(image, box)
      landmarker.dispose()
      const sides = [box.left, box.top, box.width, box.height].map(String)
      const { points, confidence } = run([PROGRAM, path('ibug-68'), file, ...sides]) as {
        points: [number, number][]
        confidence: number
      }
      const distances = points.map(([x, y], i) =>
        Math.hypot(x - (expected.points[2 * i] as number), y - (expected.points[2 * i + 1] as number)),
      )
      expect(distances).toHaveLength(68)
      const cropPixel = (1.5 * Math.max(box.width, box.height)) / 192
      expect(Math.max(...distances)).toBeLessThan(0.75 * cropPixel)
      expect(confidence).toBeCloseTo(expected.confidence, 2)
    },
  )

  testPython('the program of the page reads images upright', async () => {
    const { image, keypoints } = await getFace(320, 12)
    const upright = join(folder, 'upright.png')
    const turned = join(folder, 'turned.png')
    await writeImage(upright, image)
    // Orientation 6 of EXIF: to be shown rotated clockwise by a quarter.
    const code = `import sys; from PIL import Image; image = Image.open(sys.argv[1]); exif = image.getexif(); exif[274] = 6
image.transpose(Image.Transpose.ROTATE_90).save(sys.argv[2], exif=exif); print(1)`
    run(['-c', code, upright, turned])
    const { left, top, width, height } = boundingBox(keypoints)
    const [expected, points] = [upright, turned].map((file) =>
      run([PROGRAM, path('ibug-68'), file, ...[left, top, width, height].map(String)]),
    )
    expect(points).toEqual(expected)
  })

  testPython('the metadata holds what landmarker.json holds', () => {
    const code =
      'import json, onnxruntime, sys; print(json.dumps(onnxruntime.InferenceSession(sys.argv[1]).get_modelmeta().custom_metadata_map))'
    const metadata = run(['-c', code, path('saved')]) as Record<string, string>
    const { scheme, metrics, versions } = model
    expect(metadata).toMatchObject({
      format: 'facekp-landmarker-onnx',
      version: '1',
      license: 'CC-BY-4.0',
      data: 'drawn by a test',
      tta: 'true',
      sha256: getRegression().regression.sha256,
    })
    expect(JSON.parse(metadata['scheme'] as string)).toEqual(scheme)
    expect(JSON.parse(metadata['metrics'] as string)).toEqual(metrics)
    expect(JSON.parse(metadata['versions'] as string)).toEqual(versions)
    // Every key is on the page.
    const page = readFileSync(PAGE, 'utf8')
    expect(Object.keys(metadata).filter((key) => !page.includes(`\`${key}\``))).toEqual([])
    const ready = run(['-c', code, path('ibug-68')]) as Record<string, string>
    expect(JSON.parse(ready['scheme'] as string).pointNames).toHaveLength(68)
    expect(Object.keys(ready).sort()).toEqual(
      Object.keys(metadata)
        .filter((key) => !['metrics', 'license', 'data', 'versions', 'sha256'].includes(key))
        .sort(),
    )
  })
})

test('the page includes the program', () => {
  expect(readFileSync(PAGE, 'utf8')).toContain(`\`\`\`python\n${readFileSync(PROGRAM, 'utf8')}\`\`\``)
})

test('refuses invalid options and landmarkers, and leaves no file', async () => {
  const options = { path: path('never') }
  await expect(exportLandmarker('ibug-68', { ...options, size: 96 } as never)).rejects.toMatchObject({
    code: 'LANDMARKER_OPTION',
  })
  await expect(exportLandmarker(join(folder, 'missing'), options)).rejects.toMatchObject({ code: 'LANDMARKER_FILE' })
  const regression = { ...getRegression().regression, sha256: '0'.repeat(64) }
  const damaged = { ...model, predictor: { ...getRegression(), regression } }
  await expect(exportLandmarker(damaged, options)).rejects.toMatchObject({ code: 'LANDMARKER_MODEL' })
  expect(existsSync(options.path)).toBe(false)
})
