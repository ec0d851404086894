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
import { requirement, testIf } from './support/require.ts'

const PACKAGES = fileURLToPath(new URL('../packages', import.meta.url))
const NAMES = readdirSync(PACKAGES)

/** A program of somebody who installed the packages: plain JavaScript in plain Node. */
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
await writeImmFolder(join(folder, 'imm'), { seed: 1, people: 1 })
const transform = compose([affine({ degrees: 10 }), noise({ sigma: 0.02 })])
const dataset = pathToFileURL(join(folder, 'noses.mjs'))
const pool = await augmentPool({ dataset, datasetOptions: join(folder, 'imm'), transform, workers: 2 })
const noses = pool.dataset
const model = noseNet()
const settings = { epochs: 1, batchSize: 3, learningRate: 1e-4 }
const { history } = await train({ model, train: noses, read: pool.read, validation: noses, ...settings })
await pool.close()
await writePlot(await lossCurves(history), join(folder, 'losses.png'))
await saveModel(model, join(folder, 'model'))
const again = await predict(await loadModel(join(folder, 'model')), noses)
console.log(JSON.stringify({ faces: noses.length, errorPx: again.errorPx, told: history[0].valErrorPx }))
await releaseBackend()
`

/** The data set of that program, which each of its threads makes. */
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

/** The packages as npm would lay them out, packed and unpacked; what they depend on is linked from the workspace. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'facekp-packed-'))
  for (const name of NAMES) {
    if (!existsSync(join(PACKAGES, name, 'dist', 'index.js'))) throw new Error(`build ${name} first: pnpm build`)
    const target = join(folder, 'node_modules', '@facekp', name)
    mkdirSync(target, { recursive: true })
    execFileSync('pnpm', ['pack', '--out', join(folder, `${name}.tgz`)], { cwd: join(PACKAGES, name), stdio: 'ignore' })
    execFileSync('tar', ['-xzf', join(folder, `${name}.tgz`), '-C', target, '--strip-components=1'])
    const { dependencies, optionalDependencies, peerDependencies } = manifestOf(target)
    for (const dependency of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
      const [from, to] = [join(PACKAGES, name, 'node_modules', dependency), join(folder, 'node_modules', dependency)]
      if (dependency.startsWith('@facekp/') || existsSync(to) || !existsSync(from)) continue
      mkdirSync(dirname(to), { recursive: true })
      symlinkSync(from, to)
    }
  }
}, 180_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Manifest {
  readonly version: string
  readonly license: string
  readonly dependencies?: Record<string, string>
  readonly optionalDependencies?: Record<string, string>
  readonly peerDependencies?: Record<string, string>
  readonly exports: Record<string, unknown>
}

function manifestOf(packageFolder: string): Manifest {
  return JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'))
}

describe.each(NAMES)('the packed %s', (name) => {
  const packed = (): string => join(folder, 'node_modules', '@facekp', name)

  test('holds README, license and code, and neither sources nor tests', () => {
    const files = readdirSync(packed())
    expect(files.sort()).toEqual(['LICENSE', 'README.md', 'dist', 'package.json'].sort())
    expect(
      readdirSync(join(packed(), 'dist'), { recursive: true }).filter((file) => /test|fixture/.test(String(file))),
    ).toEqual([])
  })

  test('asks for published versions only, and exports no source', () => {
    const { dependencies, exports } = manifestOf(packed())
    expect(Object.values(dependencies ?? {}).filter((version) => /^(workspace|file|link):/.test(version))).toEqual([])
    expect(JSON.stringify(exports)).not.toContain('@facekp/source')
  })

  test('loads by each of its entries', () => {
    const { exports } = manifestOf(packed())
    const entries = Object.keys(exports).filter((entry) => entry !== './package.json')
    const imports = entries.map((entry) => `await import('@facekp/${name}${entry.slice(1)}')`).join(';')
    const script = join(folder, `load-${name}.mjs`)
    writeFileSync(script, `${imports}; process.exit(0)`)
    execFileSync(process.execPath, [script], { stdio: 'pipe' })
  })
})

test('the packed packages read, augment in threads, train, draw, save and load together', () => {
  const script = join(folder, 'program.mjs')
  writeFileSync(script, PROGRAM)
  writeFileSync(join(folder, 'noses.mjs'), NOSES)
  const output = execFileSync(process.execPath, [script, folder], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const { faces, errorPx, told } = JSON.parse(output.trim().split('\n').at(-1) as string)
  expect(faces).toBe(6)
  expect(errorPx).toBeCloseTo(told, 2)
  expect(existsSync(join(folder, 'losses.png'))).toBe(true)
}, 120_000)

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
  const answer = new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))
  const here = await losses('wasm')
  console.log(JSON.stringify([here, await answer]))
  process.exit(0)
} else {
  parentPort.postMessage(await losses('onnx'))
}
`

test('backend onnx trains in a worker thread as backend wasm does in the main one', () => {
  const script = join(folder, 'worker.mjs')
  writeFileSync(script, WORKER_PROGRAM)
  const output = execFileSync(process.execPath, [script], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  const [here, there] = JSON.parse(output.trim().split('\n').at(-1) as string)
  expect([here.name, there.name]).toEqual(['wasm', 'onnx'])
  expect(here.loss).toHaveLength(5)
  for (const [epoch, loss] of here.loss.entries()) expect(Math.abs(there.loss[epoch] / loss - 1)).toBeLessThan(1e-3)
}, 120_000)

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
  await writeImmFolder(faces, { seed: 1, people: 1 })
  const dataset = new URL('./noses.mjs', import.meta.url)
  const pool = await augmentPool({ dataset, datasetOptions: faces, transform: brightness({ factor: 0.2 }), workers: 2 })
  return { model: noseNet({ seed: 1 }), train: pool.dataset, read: pool.read, epochs: 2, batchSize: 3, learningRate: 1e-4 }
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
  const told = JSON.parse(output.trim().split('\n').at(-1) as string)
  expect(told).toEqual({ steps: 4, last: 4, epochs: 2, same: true })
}, 120_000)

/** An anti-aliased network, trained a step, saved, loaded and asked: in Node and in a browser. */
const ANYWHERE_PROGRAM = `
import * as tf from '@tensorflow/tfjs'
import { shiftConsistency } from '@facekp/blurpool'
import { resNet } from '@facekp/models'

async function run() {
  await tf.setBackend('cpu')
  const model = resNet({ depth: 18, height: 64, width: 64, numKeypoints: 2, baseChannels: 2, antialias: { filterSize: 4 }, seed: 1 })
  const pictures = tf.randomUniform([2, 64, 64, 1], -0.5, 0.5, 'float32', 2)
  model.compile({ optimizer: tf.train.sgd(0.01), loss: 'meanSquaredError' })
  const { history } = await model.fit(pictures, tf.zeros([2, 4]), { epochs: 2, shuffle: false, verbose: 0 })
  let saved
  await model.save(tf.io.withSaveHandler(async (artifacts) => {
    saved = artifacts
    return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } }
  }))
  const loaded = await tf.loadLayersModel(tf.io.fromMemory(saved))
  const { meanPx } = await shiftConsistency(loaded, pictures)
  return { loss: history.loss, predicted: [...(await loaded.predict(pictures).data())], meanPx }
}
run().then(
  (result) => tell(result),
  (error) => tell({ error: String(error && error.stack) }),
)
function tell(result) {
  const text = JSON.stringify(result)
  if (globalThis.document) document.body.textContent = text
  else console.log(text)
}
`

const CHROMIUM = '/usr/bin/chromium'
const browser = existsSync(CHROMIUM)
if (!browser && requirement('browser'))
  throw new Error(`FACEKP_REQUIRE asks for a browser, and there is no ${CHROMIUM}`)

testIf(browser, 'chromium')(
  'a bundle of the packed models and blurpool computes in a browser what they compute in Node',
  async () => {
    const [script, bundle, page] = ['anywhere.mjs', 'anywhere.js', 'anywhere.html'].map((name) =>
      join(folder, name),
    ) as [string, string, string]
    writeFileSync(script, ANYWHERE_PROGRAM)
    const node = JSON.parse(
      execFileSync(process.execPath, [script], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
        .trim()
        .split('\n')
        .at(-1) as string,
    )
    expect(node).toMatchObject({ predicted: expect.any(Array) })
    await build({
      entryPoints: [script],
      outfile: bundle,
      bundle: true,
      format: 'iife',
      platform: 'browser',
      logLevel: 'error',
    })
    writeFileSync(page, '<!doctype html><meta charset="utf-8"><body><script src="anywhere.js"></script></body>')
    const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--virtual-time-budget=600000', '--dump-dom']
    const dom = execFileSync(CHROMIUM, [...flags, pathToFileURL(page).href], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const there = JSON.parse((dom.match(/<body>(.*)<\/body>/s) as RegExpMatchArray)[1] as string)
    expect(there).toMatchObject({ predicted: expect.any(Array) })
    for (const key of ['loss', 'predicted'] as const) {
      for (const [i, value] of node[key].entries()) expect(there[key][i]).toBeCloseTo(value, 4)
    }
    expect(there.meanPx).toBeCloseTo(node.meanPx, 2)
  },
  180_000,
)
