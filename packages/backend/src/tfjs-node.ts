import * as tf from '@tensorflow/tfjs-core'
import { type Candidate, Unavailable } from './backend.ts'
import { type Importer, importOptional } from './load-module.ts'

/** Describes TensorFlow's C library; `@tensorflow/tfjs-node-gpu` uses CUDA 11. */
export function tfjsNode(
  name: '@tensorflow/tfjs-node' | '@tensorflow/tfjs-node-gpu',
  load: Importer,
  nodeVersion: string = process.versions.node,
): Candidate {
  return {
    backend: 'tensorflow',
    package: name,
    async load(choosing) {
      if (Number.parseInt(nodeVersion, 10) >= 23) {
        // Its code calls util.isNullOrUndefined, which Node 23 removed.
        await importOptional(name, load).catch((error: Unavailable) => {
          if (error.message === 'not installed') throw error
        })
        throw new Unavailable(`does not run on Node ${nodeVersion}`, 'use Node 22 or earlier')
      }
      await importOptional(name, load)
      const backend = (await tf.setBackend('tensorflow')) && (tf.backend() as { readonly isUsingGpuDevice?: boolean })
      if (!backend) throw new Unavailable('its library does not start', `reinstall ${name}`)
      if (name === '@tensorflow/tfjs-node') return 'TensorFlow on the CPU'
      if (backend.isUsingGpuDevice) return 'TensorFlow on CUDA'
      if (choosing) throw new Unavailable('finds no GPU', 'install CUDA 11.2 and cuDNN 8.1')
      return 'TensorFlow on the CPU (finds no GPU)'
    },
  }
}
