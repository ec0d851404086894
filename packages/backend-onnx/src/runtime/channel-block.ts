import { Graph, NCHWC } from '../onnx/graph.ts'
import { type Runtime, runtime } from './onnxruntime.ts'

const CHANNELS = 64

let cachedBlock: number | undefined

/**
 * Returns the number of channels per block in the runtime's fastest convolutions, whose images are
 * [batch, channels / block, height, width, block].
 *
 * The runtime uses these convolutions by itself only if the weights are constants.
 *
 * @returns 16 on processors with AVX-512 and 8 on other x86-64 processors; 0 if there are no such convolutions
 */
export function getChannelBlock(provider: string): number {
  if (provider !== 'cpu' || !runtime().isSynchronous) return 0
  cachedBlock ??= measureBlock(runtime())
  return cachedBlock
}

/** Reorders an image of two pixels: the second pixel of the first channel comes after one whole block. */
function measureBlock({ Tensor, createSession }: Runtime): number {
  const graph = new Graph()
  const shape = [1, CHANNELS, 1, 2]
  const image = graph.addInput('image', 'float32', shape)
  const blocked = graph.addNode('ReorderInput', [image], {}, NCHWC)
  graph.addOutput(blocked, 'float32', shape)
  const numbers = Float32Array.from({ length: 2 * CHANNELS }, (_, i) => i)
  const result = new Float32Array(numbers.length)
  try {
    const session = createSession(graph.toModel(), { threads: 1, provider: 'cpu' })
    session.run({ [image]: new Tensor('float32', numbers, shape) }, { [blocked]: new Tensor('float32', result, shape) })
    session.dispose()
  } catch {
    // This build of the runtime has no such convolutions.
    return 0
  }
  return result.indexOf(1)
}
