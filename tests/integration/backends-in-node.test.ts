import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from '@jest/globals'
import { LOAD_TYPESCRIPT } from '../support/typescript-program.ts'

const TESTS = fileURLToPath(new URL('..', import.meta.url))
const BACKEND = fileURLToPath(new URL('../../packages/backend', import.meta.url))

interface Result {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program that imports what the package in a folder can. */
async function run(program: string, folder = TESTS): Promise<Result> {
  const args = [...LOAD_TYPESCRIPT, '--input-type=module', '--eval', program]
  try {
    const output = await promisify(execFile)(process.execPath, args, {
      cwd: folder,
      env: { ...process.env, NODE_OPTIONS: '' },
    })
    return { code: 0, ...output }
  } catch (error) {
    return error as Result
  }
}

test('training needs tfjs-core, tfjs-layers and one backend, not the package that brings all', async () => {
  const hooks = `export const resolve = (name, context, next) => {
    if (/^@tensorflow\\/tfjs($|\\/)/.test(name)) throw new Error('imports ' + name)
    return next(name, context)
  }`
  const { stdout, stderr } = await run(`
    import { register } from 'node:module'
    register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(hooks)}))
    const { useBackend } = await import('@facekp/backend')
    const { IBUG_68, mapDataset } = await import('@facekp/core')
    const { syntheticFaces } = await import('@facekp/data-synthetic')
    const { graySample } = await import('@facekp/image')
    const { createModel } = await import('@facekp/models')
    const { evaluate, train } = await import('@facekp/trainer')
    await useBackend('wasm')
    const faces = mapDataset(syntheticFaces({ seed: 1, count: 2, scheme: IBUG_68, width: 32, height: 32 }), graySample)
    const model = createModel('heatmapNet16', { numKeypoints: 68, inputSize: [32, 32], seed: 1 })
    await train({ model, train: faces, epochs: 1, batchSize: 2, learningRate: 1e-3 })
    console.log((await evaluate(model, faces)).errorPx.value > 0)`)
  expect({ stdout, stderr }).toEqual({ stdout: 'true\n', stderr: '' })
})

test('an uncaught FacekpError is printed as such on backend wasm, with the fields that it has', async () => {
  const { code, stderr } = await run(`
    import { useBackend } from '@facekp/backend'
    import { FacekpError } from '@facekp/core'
    await useBackend('wasm')
    throw new FacekpError({ code: 'FACE_LOST', problem: 'no face', file: 'a.jpg' })`)
  expect(code).toBe(1)
  expect(stderr).toMatch(/^FacekpError: a\.jpg: no face$/m)
  expect(stderr).toContain("code: 'FACE_LOST'")
  expect(stderr).not.toMatch(/undefined|emscripten|ExitStatus/)
})

test('backend cpu computes without advice of TensorFlow.js to install another', async () => {
  const program = `
    import { useBackend } from '@facekp/backend'
    import * as tf from '@tensorflow/tfjs-core'
    await useBackend('cpu')
    console.log(tf.add(1, 2).dataSync()[0])`
  const { stdout, stderr } = await run(program, BACKEND)
  expect({ stdout, stderr }).toEqual({ stdout: '3\n', stderr: '' })
})
