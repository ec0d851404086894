import * as tf from '@tensorflow/tfjs'
import { type Candidate, Unavailable } from './backend.ts'
import { registerWasmKernels } from './kernels/wasm/register.ts'
import { type Importer, importOptional } from './load-module.ts'
import { tfjsNode } from './tfjs-node.ts'
import { webgpu } from './webgpu.ts'

/** Lists all packages that provide a backend, fastest first. */
export function createCandidates(load: Importer): readonly Candidate[] {
  return [
    tfjsNode('@tensorflow/tfjs-node-gpu', load),
    webgpu(load),
    onnx(load),
    tfjsNode('@tensorflow/tfjs-node', load),
    wasm(load),
    cpu,
  ]
}

function onnx(load: Importer): Candidate {
  return {
    backend: 'onnx',
    package: '@facekp/backend-onnx',
    async load() {
      await importOptional('@facekp/backend-onnx', load)
      if (!(await tf.setBackend('onnx')))
        throw new Unavailable('finds no ONNX Runtime', 'npm install onnxruntime-node@1.30.0')
      return 'ONNX Runtime on the CPU'
    },
  }
}

function wasm(load: Importer): Candidate {
  return {
    backend: 'wasm',
    package: '@tensorflow/tfjs-backend-wasm',
    async load() {
      await importOptional('@tensorflow/tfjs-backend-wasm', load)
      registerWasmKernels()
      if (!(await tf.setBackend('wasm'))) throw new Unavailable('its WebAssembly does not start', 'see the log above')
      return 'WebAssembly, one thread'
    },
  }
}

const cpu: Candidate = {
  backend: 'cpu',
  package: '@tensorflow/tfjs',
  async load() {
    await tf.setBackend('cpu')
    return 'plain JavaScript: correct, but slow'
  },
}
