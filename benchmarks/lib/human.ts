import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { basename, dirname, join } from 'node:path'
import * as tf from '@tensorflow/tfjs'

/** The peer: BlazeFace, FaceMesh and more in one pipeline. */
export const HUMAN = '@vladmandic/human'

/** The used part of the package. */
export interface Human {
  load(): Promise<void>
  detect(input: tf.Tensor3D): Promise<HumanResult>
}

interface HumanResult {
  readonly face: readonly {
    readonly boxScore: number
    /** Left, top, width, height. */
    readonly box: readonly [number, number, number, number]
    /** 468 points if the mesh is enabled. */
    readonly mesh: readonly (readonly [number, number])[]
  }[]
}

/** Settings of the parts that find faces and meshes; all others are off. */
export interface HumanSettings {
  readonly detector: object
  readonly mesh: { readonly enabled: boolean }
}

/** Loads the pipeline on the TensorFlow.js of this process. It loads models by HTTP only: a server on this machine has them. */
export async function loadHuman({ detector, mesh }: HumanSettings): Promise<Human> {
  const require = createRequire(import.meta.url)
  const folder = dirname(require.resolve(HUMAN))
  const { Human } = require(join(folder, 'human.node-wasm.js')) as { Human: new (config: object) => Human }
  const server = createServer(async ({ url = '' }, response) => {
    response.end(await readFile(join(folder, '..', 'models', basename(url))))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const off = { enabled: false }
  const human = new Human({
    backend: tf.getBackend(),
    modelBasePath: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    debug: false,
    filter: off,
    face: { detector: { maxDetected: 20, ...detector }, mesh, iris: off, emotion: off, description: off },
    body: off,
    hand: off,
    object: off,
    gesture: off,
  })
  await human.load()
  server.close()
  return human
}
