import { decodeBase64 } from '@facekp/base64'
import * as tf from '@tensorflow/tfjs-core'
import type { Graph, GraphNode } from './graph.ts'
import { decodeHalfFloats } from './half-floats.ts'

/** A network whose weights are on a backend of TensorFlow.js. */
export interface LoadedGraph {
  /**
   * Computes the outputs.
   *
   * @param input [batch, height, width, channels]
   * @returns the outputs, in the order of {@link Graph.outputs}; the caller disposes of them
   */
  run(input: tf.Tensor4D): tf.Tensor4D[]
  /** Frees the weights. */
  dispose(): void
}

/** Puts the weights of a network on the active backend. */
export function loadGraph(graph: Graph): LoadedGraph {
  const values = decodeHalfFloats(new Uint16Array(decodeBase64(graph.weights).buffer))
  let start = 0
  const constants = graph.shapes.map((shape) => {
    const size = tf.util.sizeFromShape([...shape])
    start += size
    // Kept: a network may be loaded inside of a caller's tf.tidy().
    return tf.keep(tf.tensor(values.slice(start - size, start), [...shape]))
  })
  const lastUses = findLastUses(graph)
  return {
    run: (input) => tf.tidy(() => runNodes({ graph, lastUses }, constants, input)),
    dispose: () => tf.dispose(constants),
  }
}

/** Finds the values whose last use each node is: they are freed after it, or all of them would take memory until the end. */
function findLastUses({ nodes, outputs }: Graph): number[][] {
  const lastNodes = new Map<number, number>()
  for (const [index, { inputs }] of nodes.entries()) for (const value of inputs) lastNodes.set(value, index)
  for (const value of [0, ...outputs]) lastNodes.delete(value)
  return nodes.map((_, index) => [...lastNodes].filter(([, node]) => node === index).map(([value]) => value))
}

interface Program {
  readonly graph: Graph
  readonly lastUses: readonly (readonly number[])[]
}

function runNodes({ graph, lastUses }: Program, constants: readonly tf.Tensor[], input: tf.Tensor4D): tf.Tensor4D[] {
  const values = [input]
  for (const [i, node] of graph.nodes.entries()) {
    const inputs = node.inputs.map((index) => values[index] as tf.Tensor4D)
    const weights = (node.constants ?? []).map((index) => constants[index] as tf.Tensor)
    values.push(runNode(node, inputs, weights))
    tf.dispose((lastUses[i] as number[]).map((value) => values[value] as tf.Tensor4D))
  }
  return graph.outputs.map((index) => values[index] as tf.Tensor4D)
}

function runNode(node: GraphNode, inputs: readonly tf.Tensor4D[], weights: readonly tf.Tensor[]): tf.Tensor4D {
  const { op, stride: strides = 1, padding: pad = 'valid' } = node
  const [x, other] = inputs as [tf.Tensor4D, tf.Tensor4D]
  const [filter, bias, preluActivationWeights] = weights as [tf.Tensor4D, tf.Tensor, tf.Tensor]
  switch (op) {
    case 'add':
      return tf.add(x, other)
    case 'conv2d': {
      const { activation = 'linear' } = node
      return tf.fused.conv2d({ x, filter, strides, pad, bias, activation, preluActivationWeights })
    }
    case 'depthwiseConv2d':
      return tf.depthwiseConv2d(x, filter, strides, pad)
    case 'maxPool':
      return tf.maxPool(x, node.size as number, strides, pad)
    case 'padChannels':
      return tf.pad(x, [
        [0, 0],
        [0, 0],
        [0, 0],
        [0, node.channels as number],
      ])
    case 'prelu':
      return tf.prelu(x, filter)
    case 'relu':
      return tf.relu(x)
    case 'sigmoid':
      return tf.sigmoid(x)
  }
}
