import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { build } from 'esbuild'
import ts from 'typescript'
import { requirement, testIf } from './support/require.ts'
import { runTutorial } from './support/run-tutorial.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const PACKAGES = join(ROOT, 'packages')
const NAMES = readdirSync(PACKAGES)
/** Returns the name that a package is installed by. */
const getPackageName = (name: string): string => (name === 'facekp' ? name : `@facekp/${name}`)
/** The packages that are bundled and must not be imported. */
const PRIVATE = readdirSync(fileURLToPath(new URL('../internal', import.meta.url))).map((name) => `@facekp/${name}`)
/** Returns whether an import leads to an entry of a private package, such as `@facekp/graph/node`. */
const isPrivate = (specifier: string): boolean =>
  PRIVATE.some((name) => specifier === name || specifier.startsWith(`${name}/`))

/** A user's program: plain JavaScript in plain Node. */
const PROGRAM = `
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { affine, compose, noise } from '@facekp/augment'
import { augmentPool } from '@facekp/augment/node'
import * as tf from '@tensorflow/tfjs'
import { releaseBackend, useBackend } from '@facekp/backend'
import { writeImmFolder } from '@facekp/data-synthetic/node'
import { noseNet } from '@facekp/models'
import { loadModel, saveModel } from '@facekp/models/node'
import { predict, train } from '@facekp/trainer'
import { lossCurves, writePlot } from '@facekp/viz'

await useBackend('wasm')
const folder = process.argv[2]
await writeImmFolder(join(folder, 'imm'), { seed: 1, people: 1, width: 160, height: 120 })
const transform = compose([affine({ degrees: 10 }), noise({ sigma: 0.02 })])
const dataset = pathToFileURL(join(folder, 'noses.mjs'))
const pool = await augmentPool({ dataset, datasetOptions: join(folder, 'imm'), transform, workers: 2 })
const noses = pool.dataset
const model = noseNet()
const options = { epochs: 1, batchSize: 3, learningRate: 1e-4 }
const { history } = await train({ model, train: noses, loader: pool.loader, validation: noses, ...options })
await pool.close()
await writePlot(await lossCurves(history), join(folder, 'losses.png'))
await saveModel(model, join(folder, 'model'))
const predictions = await predict(await loadModel(join(folder, 'model')), noses)
console.log(JSON.stringify({ faces: noses.length, errorPx: predictions.errorPx, valErrorPx: history[0].valErrorPx }))
await releaseBackend()
`

/** The data set of that program, made in each of its threads. */
const NOSES = `
import { mapDataset, selectKeypoints, pickKeypoints } from '@facekp/core'
import { IMM_NOSE } from '@facekp/data-imm'
import { readImm } from '@facekp/data-imm/node'
import { graySample, resizeSample } from '@facekp/image'

export default async function noses(folder) {
  const faces = await readImm(folder)
  return mapDataset(
    faces,
    (sample) => resizeSample(graySample(selectKeypoints(sample, [IMM_NOSE])), 80, 60),
    pickKeypoints(faces.scheme, 'nose', [IMM_NOSE]),
  )
}
`

let folder = ''

/** Packs the packages and unpacks them as npm would; their dependencies are linked from the workspace. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'facekp-packed-'))
  const unbuilt = NAMES.find((name) => !existsSync(join(PACKAGES, name, 'dist')))
  if (unbuilt !== undefined) throw new Error(`build ${unbuilt} first: pnpm build`)
  const pack = ['--recursive', '--filter', './packages/**', 'pack', '--pack-destination', folder]
  execFileSync('pnpm', pack, { cwd: ROOT, stdio: 'ignore' })
  for (const name of NAMES) {
    const target = join(folder, 'node_modules', getPackageName(name))
    mkdirSync(target, { recursive: true })
    const { version } = readManifest(join(PACKAGES, name))
    const file = `${getPackageName(name).replace('@', '').replace('/', '-')}-${version}.tgz`
    execFileSync('tar', ['-xzf', join(folder, file), '-C', target, '--strip-components=1'])
    const { dependencies, optionalDependencies, peerDependencies } = readManifest(target)
    for (const dependency of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
      const from = join(PACKAGES, name, 'node_modules', dependency)
      const to = join(folder, 'node_modules', dependency)
      if (dependency.startsWith('@facekp/') || existsSync(to) || !existsSync(from)) continue
      mkdirSync(dirname(to), { recursive: true })
      symlinkSync(from, to)
    }
  }
  // The programs below take TensorFlow.js as most users do; the packages themselves need its parts alone.
  symlinkSync(
    fileURLToPath(new URL('node_modules/@tensorflow/tfjs', import.meta.url)),
    join(folder, 'node_modules', '@tensorflow', 'tfjs'),
  )
})

/** Errors of the entries that do not load, by the name that imports them. */
let importErrors: Readonly<Record<string, string>>
beforeAll(() => {
  const script = join(folder, 'import.mjs')
  writeFileSync(
    script,
    `const errors = {}
    for (const entry of ${JSON.stringify(NAMES.flatMap(listEntries))}) {
      await import(entry).catch((error) => { errors[entry] = String(error?.stack) })
    }
    process.stdout.write(JSON.stringify(errors) + '\\n', () => process.exit(0))`,
  )
  importErrors = JSON.parse(readLastLine(execFileSync(process.execPath, [script], { encoding: 'utf8' })))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Manifest {
  readonly version: string
  readonly license: string
  readonly dependencies?: Record<string, string>
  readonly optionalDependencies?: Record<string, string>
  readonly peerDependencies?: Record<string, string>
  readonly exports: Record<string, unknown>
}

function readManifest(packageFolder: string): Manifest {
  return JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'))
}

/** Returns the names that import the entries of a packed package. */
function listEntries(name: string): string[] {
  const { exports } = readManifest(join(folder, 'node_modules', getPackageName(name)))
  return Object.keys(exports)
    .filter((entry) => entry !== './package.json')
    .map((entry) => `${getPackageName(name)}${entry.slice(1)}`)
}

const readLastLine = (output: string): string => output.trim().split('\n').at(-1) as string

describe.each(NAMES)('the packed %s', (name) => {
  const packed = (): string => join(folder, 'node_modules', getPackageName(name))

  test('holds README, license and code, and neither sources nor tests', () => {
    // A package with somebody's weights has a NOTICE too, and that of the command the schema of its file.
    const files = readdirSync(packed()).filter((file) => !['NOTICE', 'facekp.schema.json'].includes(file))
    expect(files.sort()).toEqual(['LICENSE', 'README.md', 'dist', 'package.json'].sort())
    expect(
      readdirSync(join(packed(), 'dist'), { recursive: true }).filter((file) => /\.test\.|fixture/.test(String(file))),
    ).toEqual([])
  })

  test('depends on published packages only, and exports no source', () => {
    const { dependencies, exports } = readManifest(packed())
    expect(Object.values(dependencies ?? {}).filter((version) => /^(workspace|file|link):/.test(version))).toEqual([])
    expect(Object.keys(dependencies ?? {}).filter((dependency) => PRIVATE.includes(dependency))).toEqual([])
    expect(JSON.stringify(exports)).not.toContain('@facekp/source')
  })

  test('imports no private package, neither in code nor in types', () => {
    const modules = readdirSync(join(packed(), 'dist'), { recursive: true, encoding: 'utf8' }).filter((file) =>
      /\.(js|ts)$/.test(file),
    )
    for (const file of modules) {
      const { importedFiles } = ts.preProcessFile(readFileSync(join(packed(), 'dist', file), 'utf8'), true, true)
      const specifiers = importedFiles.map(({ fileName }) => fileName)
      expect(specifiers.filter((specifier) => isPrivate(specifier) || specifier.endsWith('.ts'))).toEqual([])
    }
  })

  test('types import files that are there', () => {
    const dist = join(packed(), 'dist')
    const types = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.d.ts'))
    expect(types.length).toBeGreaterThan(0)
    const missing = types.flatMap((file) =>
      ts
        .preProcessFile(readFileSync(join(dist, file), 'utf8'), true, true)
        .importedFiles.map(({ fileName }) => fileName)
        .filter((name) => name.startsWith('.') && !existsSync(join(dist, dirname(file), name.replace(/js$/, 'd.ts'))))
        .map((name) => `${file}: ${name}`),
    )
    expect(missing).toEqual([])
  })

  test('embeds no package.json, and has no source maps', () => {
    const files = readdirSync(join(packed(), 'dist'), { recursive: true, encoding: 'utf8' })
    expect(files.filter((file) => file.endsWith('.map'))).toEqual([])
    const texts = files
      .filter((file) => file.endsWith('.js'))
      .map((file) => readFileSync(join(packed(), 'dist', file), 'utf8'))
    expect(texts.filter((text) => text.includes('publishConfig'))).toEqual([])
  })

  test('loads by each of its entries', () => {
    const entries = listEntries(name)
    expect(Object.entries(importErrors).filter(([entry]) => entries.includes(entry))).toEqual([])
  })
})

test('packages that contain weights or WebAssembly of others have their license', () => {
  const locate = (name: string): string => join(folder, 'node_modules', getPackageName(name))
  const list = (name: string): string[] => readdirSync(locate(name), { recursive: true, encoding: 'utf8' })
  // Modules `*.embedded.ts` hold them; the page of the studio, which is part of facekp, has them too.
  const names = NAMES.filter((name) => list(name).some((file) => file.includes('.embedded-'))).sort()
  expect(names).toEqual(['backend', 'detector', 'facekp', 'landmarker'])
  for (const name of names) {
    expect(`${name}: ${readManifest(locate(name)).license}`).toBe(`${name}: MIT AND Apache-2.0`)
    const notices = list(name).filter((file) => /(^|[\\/])NOTICE(\.txt)?$/.test(file))
    const texts = notices.map((file) => readFileSync(join(locate(name), file), 'utf8'))
    expect(texts).toEqual([expect.stringContaining('TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION')])
  }
})

test('every entry also loads by require()', () => {
  const script = join(folder, 'require.cjs')
  writeFileSync(
    script,
    `for (const entry of ${JSON.stringify(NAMES.flatMap(listEntries))}) require(entry); process.exit(0)`,
  )
  execFileSync(process.execPath, [script], { stdio: 'pipe' })
})

test('the packed packages read, augment in threads, train, draw, save and load together', () => {
  const script = join(folder, 'program.mjs')
  writeFileSync(script, PROGRAM)
  writeFileSync(join(folder, 'noses.mjs'), NOSES)
  const output = execFileSync(process.execPath, [script, folder], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const { faces, errorPx, valErrorPx } = JSON.parse(readLastLine(output))
  expect(faces).toBe(6)
  expect(errorPx).toBeCloseTo(valErrorPx, 2)
  expect(existsSync(join(folder, 'losses.png'))).toBe(true)
})

test('the tutorial goes from labeled photographs to a measured, exported landmarker', async () => {
  const tutorial = join(folder, 'tutorial')
  mkdirSync(tutorial)
  const output = await runTutorial(
    'docs/tutorials/your-own-points.md',
    tutorial,
    join(folder, 'node_modules', 'facekp', 'dist', 'bin.js'),
  )
  expect(output).toContain('20 faces, 0 faults')
  expect(output).toMatch(/mean error on faces left out of the fit: \d+\.\d+ px/)
  expect(output).toMatch(/NME +\d/)
  expect(output).toContain('written and checked: my-landmarker.onnx')
  const files = ['check.html', 'my-landmarker/landmarker.json', 'eval.html', 'my-landmarker.onnx']
  expect(files.filter((file) => !existsSync(join(tutorial, file)))).toEqual([])
  expect(readdirSync(join(tutorial, 'drawn')).length).toBeGreaterThanOrEqual(5)
})

/** A network trained in a worker thread on backend onnx, while the main thread computes on wasm. */
const WORKER_PROGRAM = `
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import * as tf from '@tensorflow/tfjs'
import { useBackend } from '@facekp/backend'

async function losses(backend) {
  const { name } = await useBackend(backend)
  const model = tf.sequential({ layers: [
    tf.layers.conv2d({ inputShape: [8, 8, 1], filters: 4, kernelSize: 3, activation: 'relu', kernelInitializer: tf.initializers.glorotUniform({ seed: 1 }) }),
    tf.layers.flatten(),
    tf.layers.dense({ units: 2, kernelInitializer: tf.initializers.glorotUniform({ seed: 2 }) }),
  ] })
  model.compile({ optimizer: tf.train.adam(0.01), loss: 'meanSquaredError' })
  const x = tf.randomUniform([6, 8, 8, 1], -1, 1, 'float32', 3)
  const { history } = await model.fit(x, tf.zeros([6, 2]), { epochs: 5, batchSize: 3, shuffle: false, verbose: 0 })
  return { name, loss: history.loss }
}

if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url))
  const result = new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))
  const main = await losses('wasm')
  console.log(JSON.stringify([main, await result]))
  process.exit(0)
} else {
  parentPort.postMessage(await losses('onnx'))
}
`

test('backend onnx trains in a worker thread as backend wasm does in the main one', () => {
  const script = join(folder, 'worker.mjs')
  writeFileSync(script, WORKER_PROGRAM)
  const output = execFileSync(process.execPath, [script], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  const [main, worker] = JSON.parse(readLastLine(output))
  expect([main.name, worker.name]).toEqual(['wasm', 'onnx'])
  expect(main.loss).toHaveLength(5)
  for (const [epoch, loss] of main.loss.entries()) expect(Math.abs(worker.loss[epoch] / loss - 1)).toBeLessThan(1e-3)
})

/** A training in a thread, with a pool of two more, while the main thread sees its steps and takes its weights. */
const THREAD_PROGRAM = `
import { useBackend } from '@facekp/backend'
import { noseNet } from '@facekp/models'
import { restoreWeights } from '@facekp/trainer'
import { trainInThread } from '@facekp/trainer/node'

const steps = []
const module = new URL('./training.mjs', import.meta.url)
const result = await trainInThread({ module, options: process.argv[2], onStep: ({ step }) => steps.push(step) })
await useBackend('cpu')
const model = noseNet({ seed: 1 })
restoreWeights(model, result)
const same = [...result.tensors.values()].every(({ data }, i) => data.every((value, j) => value === model.getWeights()[i].dataSync()[j]))
console.log(JSON.stringify({ steps: result.steps, last: steps.at(-1), epochs: result.history.length, same }))
`

/** The training of that program. */
const TRAINING = `
import { join } from 'node:path'
import { brightness } from '@facekp/augment'
import { augmentPool } from '@facekp/augment/node'
import { useBackend } from '@facekp/backend'
import { writeImmFolder } from '@facekp/data-synthetic/node'
import { noseNet } from '@facekp/models'

export default async function training(folder) {
  await useBackend('onnx')
  const faces = join(folder, 'imm-of-thread')
  await writeImmFolder(faces, { seed: 1, people: 1, width: 160, height: 120 })
  const dataset = new URL('./noses.mjs', import.meta.url)
  const pool = await augmentPool({ dataset, datasetOptions: faces, transform: brightness({ factor: 0.2 }), workers: 2 })
  return { model: noseNet({ seed: 1 }), train: pool.dataset, loader: pool.loader, epochs: 2, batchSize: 3, learningRate: 1e-4 }
}
`

test('the packed trainer trains in a thread', () => {
  const script = join(folder, 'thread.mjs')
  writeFileSync(script, THREAD_PROGRAM)
  writeFileSync(join(folder, 'training.mjs'), TRAINING)
  writeFileSync(join(folder, 'noses.mjs'), NOSES)
  const output = execFileSync(process.execPath, [script, folder], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const summary = JSON.parse(readLastLine(output))
  expect(summary).toEqual({ steps: 4, last: 4, epochs: 2, same: true })
})

/** An anti-aliased network, trained a step, saved, loaded and asked: in Node and in a browser. */
const NETWORK_PROGRAM = `
import * as tf from '@tensorflow/tfjs'
import { shiftConsistency } from '@facekp/blurpool'
import { resNet } from '@facekp/models'

async function run() {
  await tf.setBackend('cpu')
  const model = resNet({ depth: 18, height: 64, width: 64, numKeypoints: 2, baseChannels: 2, antialias: { filterSize: 4 }, seed: 1 })
  const images = tf.randomUniform([2, 64, 64, 1], -0.5, 0.5, 'float32', 2)
  model.compile({ optimizer: tf.train.sgd(0.01), loss: 'meanSquaredError' })
  const { history } = await model.fit(images, tf.zeros([2, 4]), { epochs: 2, shuffle: false, verbose: 0 })
  let saved
  await model.save(tf.io.withSaveHandler(async (artifacts) => {
    saved = artifacts
    return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } }
  }))
  const loaded = await tf.loadLayersModel(tf.io.fromMemory(saved))
  const { meanPx } = await shiftConsistency(loaded, images)
  return { loss: history.loss, predicted: [...(await loaded.predict(images).data())], meanPx: [meanPx] }
}
`

/** The detector and the landmarker on a pattern: in Node and in a browser. */
const LANDMARKER_PROGRAM = `
import * as tf from '@tensorflow/tfjs'
import { loadDetector } from '@facekp/detector'
import { loadLandmarker } from '@facekp/landmarker'

async function run() {
  await tf.setBackend('cpu')
  const data = Uint8ClampedArray.from({ length: 4 * 96 * 96 }, (_, i) => 128 + 100 * Math.sin(i / 90) * Math.cos(i / 2000))
  const image = { data: Uint8Array.from(data.filter((_, i) => i % 4 < 3)), width: 96, height: 96, channels: 3 }
  const { detectFaces } = await loadDetector()
  const [face] = await detectFaces(image, { minScore: 0, maxFaces: 1 })
  const landmarker = await loadLandmarker('ibug-68', { detector: async () => [{ ...face, score: 1 }] })
  const { faces } = await landmarker.detect({ data, width: 96, height: 96 })
  return { box: Object.values(face.box), points: [...faces[0].points], confidence: [faces[0].confidence] }
}
`

/** Prints what `run` returns: to the console in Node, into the page in a browser. */
const PRINT = `
run().then(
  (result) => print(result),
  (error) => print({ error: String(error && error.stack) }),
)
function print(result) {
  const text = JSON.stringify(result)
  if (globalThis.document) document.body.textContent = text
  else console.log(text)
}
`

const CHROMIUM = '/usr/bin/chromium'
const hasBrowser = existsSync(CHROMIUM)
if (!hasBrowser && requirement('browser')) throw new Error(`FACEKP_REQUIRE: expected a browser at ${CHROMIUM}`)

/** Runs a program in Node, and its bundle in a browser. */
async function runAnywhere(
  name: string,
  program: string,
): Promise<Record<'node' | 'browser', Record<string, number[]>>> {
  const script = join(folder, `${name}.mjs`)
  const page = join(folder, `${name}.html`)
  writeFileSync(script, `${program}${PRINT}`)
  const node = execFileSync(process.execPath, [script], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  await build({
    entryPoints: [script],
    outfile: join(folder, `${name}.js`),
    bundle: true,
    format: 'iife',
    platform: 'browser',
    logLevel: 'error',
  })
  writeFileSync(page, `<!doctype html><meta charset="utf-8"><body><script src="${name}.js"></script></body>`)
  // A profile of its own: a second Chromium with the usual one would open the page in the first one.
  const profile = `--user-data-dir=${join(folder, 'chromium')}`
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', profile, '--virtual-time-budget=600000', '--dump-dom']
  const dom = execFileSync(CHROMIUM, [...flags, pathToFileURL(page).href], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  return {
    node: JSON.parse(readLastLine(node)),
    browser: JSON.parse((dom.match(/<body>(.*)<\/body>/s) as RegExpMatchArray)[1] as string),
  }
}

testIf(hasBrowser, 'chromium').each([
  ['network', NETWORK_PROGRAM, { loss: 4, predicted: 4, meanPx: 2 }],
  ['landmarker', LANDMARKER_PROGRAM, { box: 3, points: 3, confidence: 4 }],
])(
  'a bundle of the packed packages computes in a browser what they compute in Node: %s',
  async (name, program, digits) => {
    const { node, browser } = await runAnywhere(name, program)
    for (const [key, precision] of Object.entries(digits)) {
      expect(node).toMatchObject({ [key]: expect.any(Array) })
      expect(browser[key]).toEqual(node[key]?.map((value) => expect.closeTo(value, precision)))
    }
  },
)
