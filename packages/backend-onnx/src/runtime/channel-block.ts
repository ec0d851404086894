import { Graph, NCHWC } from '../onnx/graph.ts'
import { type Runtime, runtime } from './onnxruntime.ts'

const CHANNELS = 64

let known: number | undefined

/**
 * How many channels lie side by side in the images that the runtime's fastest convolutions take, [batch, channels / block, height,
 * width, block]: 16 where the processor has AVX-512, else 8, say; 0 where it has none such. The runtime uses them by itself only where
 * weights are constants.
 */
export function getChannelBlock(provider: string): number {
  const loaded = runtime()
  if (provider !== 'cpu' || !loaded.synchronous) return 0
  known ??= measured(loaded)
  return known
}

/** Two pixels of many channels, numbered as they lie: the second pixel of the first channel comes after a whole block. */
function measured(loaded: Runtime): number {
  const graph = new Graph()
  const shape = [1, CHANNELS, 1, 2]
  const image = graph.addInput('image', 'float32', shape)
  const blocked = graph.addNode('ReorderInput', [image], {}, NCHWC)
  graph.addOutput(blocked, 'float32', shape)
  const numbers = Float32Array.from({ length: 2 * CHANNELS }, (_, i) => i)
  const tensor = (data: Float32Array): InstanceType<Runtime['Tensor']> => new loaded.Tensor('float32', data, shape)
  const result = new Float32Array(numbers.length)
  try {
    const session = loaded.createSession(graph.toModel(), { threads: 1, provider: 'cpu' })
    session.run({ [image]: tensor(numbers) }, { [blocked]: tensor(result) })
    session.dispose()
  } catch {
    // A build without such convolutions.
    return 0
  }
  return result.indexOf(1)
}
