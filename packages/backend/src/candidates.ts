import * as tf from '@tensorflow/tfjs-core'
import { type Candidate, Unavailable } from './backend.ts'
import { registerWasmKernels } from './kernels/wasm/register.ts'
import { type Importer, importOptional } from './load-module.ts'
import { tfjsNode } from './tfjs-node.ts'
import { wasmOfPage } from './wasm/wasm-of-page.ts'
import { withoutNewListeners } from './wasm/without-new-listeners.ts'
import { webgl } from './webgl.ts'
import { webgpu, webgpuOfPage } from './webgpu.ts'

/** Lists all packages that provide a backend in Node, fastest first. */
export function createNodeCandidates(load: Importer): readonly Candidate[] {
  return [
    tfjsNode('@tensorflow/tfjs-node-gpu', load),
    webgpu(load),
    onnx(load),
    tfjsNode('@tensorflow/tfjs-node', load),
    wasm(load),
    cpu(load),
  ]
}

/** Lists all packages that provide a backend in a page or in a worker of one, fastest first. */
export function createPageCandidates(load: Importer): readonly Candidate[] {
  return [webgpuOfPage(load), webgl(load), wasmOfPage(load), cpu(load)]
}

function onnx(load: Importer): Candidate {
  return {
    backend: 'onnx',
    package: '@facekp/backend-onnx',
    async load() {
      await importOptional('@facekp/backend-onnx', load)
      if (!(await setBackendQuietly('onnx')))
        throw new Unavailable(
          'finds no ONNX Runtime',
          'ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node@1.30.0',
        )
      return 'ONNX Runtime on the CPU'
    },
  }
}

/** Sets a backend as `tf.setBackend` does, which otherwise prints why it fails. */
async function setBackendQuietly(name: string): Promise<boolean> {
  const isQuiet = tf.env().getBool('PROD')
  tf.env().set('PROD', true)
  try {
    return await tf.setBackend(name)
  } finally {
    tf.env().set('PROD', isQuiet)
  }
}

function wasm(load: Importer): Candidate {
  return {
    backend: 'wasm',
    package: '@tensorflow/tfjs-backend-wasm',
    async load() {
      await importOptional('@tensorflow/tfjs-backend-wasm', load)
      registerWasmKernels()
      if (!(await withoutNewListeners(() => tf.setBackend('wasm'))))
        throw new Unavailable('its WebAssembly does not start', 'see the log above')
      return 'WebAssembly, one thread'
    },
  }
}

function cpu(load: Importer): Candidate {
  return {
    backend: 'cpu',
    package: '@tensorflow/tfjs-backend-cpu',
    async load() {
      if (!tf.findBackendFactory('cpu')) await importOptional('@tensorflow/tfjs-backend-cpu', load)
      await tf.setBackend('cpu')
      return 'plain JavaScript: correct, but slow'
    },
  }
}
