import * as tf from '@tensorflow/tfjs-core'
import { type Candidate, Unavailable } from './backend.ts'
import { type Importer, importOptional } from './load-module.ts'
import { isSoftwareAdapter, SOFTWARE_NOTE } from './software-adapter.ts'

/** Describes WebGL 2, of browsers only. */
export function webgl(load: Importer): Candidate {
  return {
    backend: 'webgl',
    package: '@tensorflow/tfjs-backend-webgl',
    async load(choosing) {
      const name = readRenderer()
      if (name === undefined) throw new Unavailable('the browser has no WebGL 2', 'enable hardware acceleration')
      const isSoftware = isSoftwareAdapter(name)
      if (isSoftware && choosing) {
        throw new Unavailable(`finds only a software adapter: ${name}`, 'enable hardware acceleration')
      }
      await importOptional('@tensorflow/tfjs-backend-webgl', load)
      if (!(await tf.setBackend('webgl'))) throw new Unavailable(`cannot use ${name}`, 'update its driver')
      if (choosing && !tf.env().getBool('WEBGL_RENDER_FLOAT32_ENABLED')) {
        throw new Unavailable(`${name} computes with 16 bits only`, 'none on this device')
      }
      return isSoftware ? `${name} (${SOFTWARE_NOTE})` : name
    },
  }
}

/** Returns the name of the graphics card that WebGL 2 uses; undefined without WebGL 2. */
function readRenderer(): string | undefined {
  const canvas = typeof OffscreenCanvas === 'undefined' ? document.createElement('canvas') : new OffscreenCanvas(1, 1)
  const gl = canvas.getContext('webgl2') as WebGL2RenderingContext | null
  if (!gl) return undefined
  const info = gl.getExtension('WEBGL_debug_renderer_info')
  const name = String(gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER))
  gl.getExtension('WEBGL_lose_context')?.loseContext()
  return name
}
