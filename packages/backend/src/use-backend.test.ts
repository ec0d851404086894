import { afterEach, describe, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { type BackendName, type Candidate, Unavailable } from './backend.ts'
import { createNodeCandidates, createPageCandidates } from './candidates.ts'
import type { Importer } from './load-module.ts'
import { tfjsNode } from './tfjs-node.ts'
import { describeBackends, loadFirst, releaseBackend, useBackend } from './use-backend.ts'
import { webgpu } from './webgpu.ts'

function candidate(backend: BackendName, load: Candidate['load']): Candidate {
  return { backend, package: `package of ${backend}`, load }
}
const absent = (backend: BackendName): Candidate =>
  candidate(backend, async () => {
    throw new Unavailable('not installed', `npm install ${backend}`)
  })

/** Fails as Node does for a missing package. */
const missing: Importer = async (name) => {
  throw Object.assign(new Error(`Cannot find package '${name}' imported from here`), { code: 'ERR_MODULE_NOT_FOUND' })
}

describe('takeFirst', () => {
  test('uses the first that loads, reports why each earlier one was skipped, and tries none after it', async () => {
    const backend = await loadFirst(
      [absent('tensorflow'), candidate('wasm', async () => 'found'), candidate('cpu', async () => 'slow')],
      'auto',
    )
    expect(backend).toMatchObject({ name: 'wasm', package: 'package of wasm', detail: 'found' })
    expect(backend.attempts.map(({ outcome, detail }) => [outcome, detail])).toEqual([
      ['skipped', 'not installed (npm install tensorflow)'],
      ['active', 'found'],
      ['not tried', ''],
    ])
  })

  test('a backend requested by name is the only one tried, from each of its packages', async () => {
    const tried: string[] = []
    const way = (backend: BackendName, works: boolean): Candidate =>
      candidate(backend, async (choosing) => {
        tried.push(`${backend} ${choosing}`)
        if (!works) throw new Unavailable('does not load', 'try again')
        return 'found'
      })
    const ways = [way('tensorflow', false), way('webgpu', true), way('tensorflow', true)]
    expect((await loadFirst(ways, 'tensorflow')).name).toBe('tensorflow')
    expect(tried).toEqual(['tensorflow false', 'tensorflow false'])
  })

  test('throws for an unavailable backend with every reason and remedy', async () => {
    await expect(loadFirst([absent('onnx'), candidate('cpu', async () => 'slow')], 'onnx')).rejects.toMatchObject({
      code: 'BACKEND_UNAVAILABLE',
      message: expect.stringMatching(/onnx.*not installed.*npm install onnx/),
    })
  })

  test('restores the active backend if the requested one does not start', async () => {
    await tf.setBackend('cpu')
    tf.registerBackend('broken', () => {
      throw new Error('no device')
    })
    const broken = candidate('webgpu', async () => {
      if (!(await tf.setBackend('broken'))) throw new Unavailable('cannot use the device', 'update its driver')
      return 'found'
    })
    tf.env().set('PROD', true) // else TensorFlow.js prints the error
    try {
      await expect(loadFirst([broken], 'webgpu')).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' })
      expect(tf.getBackend()).toBe('cpu')
      expect([...tf.tensor1d([1, 2]).add(1).dataSync()]).toEqual([2, 3])
    } finally {
      tf.env().set('PROD', false)
      tf.removeBackend('broken')
    }
  })

  test('treats any other load error as a reason to skip', async () => {
    const broken = candidate('webgpu', async () => {
      throw new TypeError('x is undefined')
    })
    const { attempts } = await loadFirst([broken, candidate('cpu', async () => 'slow')], 'auto')
    expect(attempts[0]).toMatchObject({ outcome: 'skipped', detail: 'x is undefined' })
  })
})

describe('candidates', () => {
  test('are ordered by speed', () => {
    expect(createNodeCandidates(missing).map(({ package: from }) => from)).toEqual([
      '@tensorflow/tfjs-node-gpu',
      'webgpu',
      '@facekp/backend-onnx',
      '@tensorflow/tfjs-node',
      '@tensorflow/tfjs-backend-wasm',
      '@tensorflow/tfjs-backend-cpu',
    ])
    expect(createPageCandidates(missing).map(({ backend }) => backend)).toEqual(['webgpu', 'webgl', 'wasm', 'cpu'])
  })

  test('falls back to cpu if nothing is installed', async () => {
    const backend = await loadFirst(createNodeCandidates(missing), 'auto')
    expect(backend.name).toBe('cpu')
    for (const { detail } of backend.attempts.slice(0, -1)) expect(detail).toMatch(/^not installed \(npm install /)
  })
})

describe('tfjs-node', () => {
  const name = '@tensorflow/tfjs-node'

  test('distinguishes not installed from does not load, and says how to get its library', async () => {
    await expect(tfjsNode(name, missing).load(true)).rejects.toMatchObject({ message: 'not installed' })
    const broken: Importer = async () => {
      throw new Error('libtensorflow.so.2: cannot open shared object file\nmore')
    }
    await expect(tfjsNode(name, broken).load(true)).rejects.toMatchObject({
      message: 'does not load: libtensorflow.so.2: cannot open shared object file',
      remedy: expect.stringMatching(/npm rebuild @tensorflow\/tfjs-node.*install scripts.*storage\.googleapis\.com/),
    })
  })

  test('finds the functions of util that Node 23 removed', async () => {
    const util = process.getBuiltinModule('node:util') as unknown as Record<string, unknown>
    const original = util['isNullOrUndefined']
    util['isNullOrUndefined'] = undefined
    try {
      await expect(tfjsNode(name, missing).load(true)).rejects.toThrow('not installed')
      const isNullOrUndefined = util['isNullOrUndefined'] as unknown as (value: unknown) => boolean
      expect([null, undefined, 0, ''].map(isNullOrUndefined)).toEqual([true, true, false, false])
    } finally {
      util['isNullOrUndefined'] = original
    }
  })

  describe('when it loads', () => {
    afterEach(() => tf.removeBackend('tensorflow'))
    const library = { executeSingleOutput() {}, executeMultipleOutputs() {}, dispose() {} }
    const loads =
      (isUsingGpuDevice: boolean): (() => Promise<unknown>) =>
      async () => {
        const backend = Object.assign(Object.create(tf.findBackend('cpu') ?? {}), { ...library, isUsingGpuDevice })
        tf.registerBackend('tensorflow', () => backend)
        return {}
      }

    test('is used; the GPU package only if it finds a GPU or is requested by name', async () => {
      await tf.setBackend('cpu')
      expect(await tfjsNode(name, loads(false)).load(true)).toBe('TensorFlow on the CPU')
      tf.removeBackend('tensorflow')
      expect(await tfjsNode('@tensorflow/tfjs-node-gpu', loads(true)).load(true)).toBe('TensorFlow on CUDA')
      tf.removeBackend('tensorflow')
      const idle = tfjsNode('@tensorflow/tfjs-node-gpu', loads(false))
      await expect(idle.load(true)).rejects.toMatchObject({ message: 'finds no GPU' })
      tf.removeBackend('tensorflow')
      expect(await idle.load(false)).toContain('finds no GPU')
      await tf.setBackend('cpu')
    })

    test('is loaded once: the library of the GPU package also computes on the CPU', async () => {
      await tf.setBackend('cpu')
      let imports = 0
      const load: Importer = (requested) => {
        if (requested === '@tensorflow/tfjs-node-gpu') {
          imports++
          return loads(false)()
        }
        return missing(requested)
      }
      const { name: backend, attempts } = await loadFirst(createNodeCandidates(load), 'auto')
      expect([backend, imports]).toEqual(['tensorflow', 1])
      expect(attempts.map(({ package: from, outcome }) => [from, outcome])).toEqual([
        ['@tensorflow/tfjs-node-gpu', 'skipped'],
        ['webgpu', 'skipped'],
        ['@facekp/backend-onnx', 'skipped'],
        ['@tensorflow/tfjs-node', 'active'],
        ['@tensorflow/tfjs-backend-wasm', 'not tried'],
        ['@tensorflow/tfjs-backend-cpu', 'not tried'],
      ])
      await tf.setBackend('cpu')
    })
  })
})

describe('webgpu', () => {
  afterEach(() => {
    releaseBackend()
    if (tf.findBackendFactory('webgpu')) tf.removeBackend('webgpu')
  })
  const withAdapter =
    (info: object | null): Importer =>
    async (name) => {
      if (name !== 'webgpu') {
        tf.registerBackend('webgpu', () => Object.assign(Object.create(tf.findBackend('cpu') ?? {}), { dispose() {} }))
        return {}
      }
      return {
        create: () => ({ requestAdapter: async () => (info ? { info } : null) }),
        globals: { FACEKP_TEST_GLOBAL: 1 },
      }
    }

  const gpu = (load: Importer) => webgpu(load, { hasVulkan: () => true, hasGraphicsCard: () => true })

  test('reports the name of the GPU', async () => {
    await tf.setBackend('cpu')
    const load = gpu(withAdapter({ vendor: 'nvidia', architecture: 'hopper', device: '', description: 'H200' })).load(
      true,
    )
    expect(await load).toBe('H200, nvidia, hopper')
    await tf.setBackend('cpu')
  })

  test.each([
    { vendor: 'google', architecture: 'swiftshader', description: 'SwiftShader Device' },
    { vendor: 'mesa', description: 'llvmpipe (LLVM 15)' },
    { vendor: 'x', description: 'some adapter', isFallbackAdapter: true },
  ])('skips a software adapter unless requested by name: %j', async (info) => {
    await tf.setBackend('cpu')
    await expect(gpu(withAdapter(info)).load(true)).rejects.toMatchObject({
      message: expect.stringContaining('software adapter'),
    })
    expect(await gpu(withAdapter(info)).load(false)).toContain('software: for tests')
    await tf.setBackend('cpu')
  })

  test('reports a missing adapter or package', async () => {
    await expect(gpu(withAdapter(null)).load(false)).rejects.toMatchObject({ message: 'finds no graphics adapter' })
    releaseBackend()
    await expect(gpu(missing).load(false)).rejects.toMatchObject({ message: 'not installed' })
  })

  test('skips Dawn without Vulkan', async () => {
    const machine = { hasVulkan: () => false, hasGraphicsCard: () => true }
    await expect(webgpu(withAdapter(null), machine).load(true)).rejects.toMatchObject({
      message: 'finds no Vulkan library',
    })
  })

  test('skips Dawn without a graphics card, unless it is asked for', async () => {
    const dawn = webgpu(withAdapter(null), { hasVulkan: () => true, hasGraphicsCard: () => false })
    await expect(dawn.load(true)).rejects.toMatchObject({ message: 'finds no graphics card' })
    await expect(dawn.load(false)).rejects.toMatchObject({ message: 'finds no graphics adapter' })
  })

  test('releaseBackend removes navigator.gpu', async () => {
    await gpu(withAdapter(null))
      .load(false)
      .catch(() => undefined)
    expect((globalThis.navigator as { gpu?: unknown }).gpu).toBeDefined()
    releaseBackend()
    expect((globalThis.navigator as { gpu?: unknown }).gpu).toBeUndefined()
  })
})

describe('useBackend', () => {
  test('describes the backends before and after selection, and switches', async () => {
    expect(describeBackends()).toContain('call useBackend')
    expect((await useBackend('wasm')).name).toBe('wasm')
    expect(tf.getBackend()).toBe('wasm')
    expect(describeBackends()).toMatch(/->\s+wasm\s+@tensorflow\/tfjs-backend-wasm\s+WebAssembly/)
    expect(describeBackends().split('\n')).toHaveLength(6)
    await useBackend('cpu')
    expect(tf.getBackend()).toBe('cpu')
    await useBackend('wasm')
    expect([...tf.tensor1d([1, 2]).add(1).dataSync()]).toEqual([2, 3])
  })

  test('rejects an unknown name and lists the valid ones', async () => {
    await expect(useBackend('cuda' as never)).rejects.toMatchObject({
      code: 'BACKEND_UNKNOWN',
      problem: 'option name of useBackend',
      received: "'cuda'",
      expected: "'auto', 'tensorflow', 'webgpu', 'webgl', 'onnx', 'wasm' or 'cpu'",
    })
  })
})
