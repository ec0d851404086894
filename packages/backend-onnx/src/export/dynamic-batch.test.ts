import { beforeAll, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import type { Graph } from '../onnx/graph.ts'
import { makeBatchDynamic } from './dynamic-batch.ts'
import { recordFunction } from './record-function.ts'
import { withOnnxBackend } from './with-onnx-backend.ts'

beforeAll(async () => {
  await tf.setBackend('onnx')
})

/** Records functions of batches [batch, 4] as the outputs y0, y1, ... of one graph, for any batch size. */
function record(...functions: ((batch: tf.Tensor) => tf.Tensor)[]): Graph {
  const source = {
    inputName: 'x',
    outputNames: functions.map((_, i) => `y${i}`),
    compute: (batch: tf.Tensor) => functions.map((compute) => compute(batch)),
  }
  const graphs = withOnnxBackend(() => [1009, 1013].map((size) => recordFunction(source, [size, 4])))
  const [graph, otherGraph] = graphs as [Graph, Graph]
  makeBatchDynamic(graph, otherGraph, 1009)
  return graph
}

test('the sizes of outputs that depend on the batch size are names, all others are numbers', () => {
  const { inputs, outputs } = record(
    (x) => tf.neg(x),
    (x) => tf.mean(x),
    (x) => tf.mean(x, 0),
    (x) => tf.transpose(x),
    (x) => tf.reshape(x, [-1, 2]),
  )
  expect(inputs.map(({ dimensions }) => dimensions)).toEqual([['batch', 4]])
  expect(outputs.map(({ dimensions }) => dimensions)).toEqual([['batch', 4], [], [4], [4, 'batch'], ['y4_0', 2]])
})

test('an option of an operation that depends on the batch size is an error', () => {
  const averageOverBatch = (x: tf.Tensor): tf.Tensor =>
    tf.avgPool(tf.reshape(x, [1, -1, 4, 1]) as tf.Tensor4D, [x.shape[0] as number, 1], 1, 'valid')
  expect(() => record(averageOverBatch)).toThrow(/operation AveragePool depends on the batch size/)
})
