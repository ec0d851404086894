import type * as tf from '@tensorflow/tfjs'

export interface LayerDescription {
  readonly name: string
  /** Of TensorFlow.js, such as `Conv2D`. */
  readonly kind: string
  /** What it gives for one picture; null where a side is not known. */
  readonly shape: readonly (number | null)[]
  readonly parameters: number
  /** Floating-point operations for one picture: multiplications and additions of convolutions and dense layers. */
  readonly flops: number
}

export interface ModelDescription {
  readonly name: string
  readonly layers: readonly LayerDescription[]
  /** All weights, running statistics among them. */
  readonly parameters: number
  /** Those that a training changes. */
  readonly trainableParameters: number
  readonly flops: number
  /** All of this as lines of text. */
  readonly text: string
}

/**
 * What a model is made of: each layer's shape, parameters and floating-point operations for one picture. A multiplication
 * and an addition count as two, which is twice what some papers call FLOPs. Layers other than convolutions and dense ones count
 * for nothing; so do all with sides that are not known.
 *
 * @example
 * ```ts
 * console.log(describeModel(model).text)
 * ```
 */
export function describeModel(model: tf.LayersModel): ModelDescription {
  const layers = model.layers.map((layer) => ({
    name: layer.name,
    kind: layer.getClassName(),
    shape: shapeOf(layer),
    parameters: layer.countParams(),
    flops: flopsOf(layer),
  }))
  const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0)
  const totals = {
    parameters: sum(layers.map(({ parameters }) => parameters)),
    trainableParameters: sum(model.trainableWeights.map(({ shape }) => sizeOf(shape))),
    flops: sum(layers.map(({ flops }) => flops)),
  }
  return { name: model.name, layers, ...totals, text: textOf(layers, totals) }
}

function shapeOf(layer: tf.layers.Layer): (number | null)[] {
  const { outputShape } = layer
  return (Array.isArray(outputShape[0]) ? (outputShape[0] as tf.Shape) : (outputShape as tf.Shape)).slice(1)
}

function sizeOf(shape: readonly (number | null)[]): number {
  return shape.reduce<number>((product, side) => product * (side ?? 0), 1)
}

/** Places of the output times what each takes: a kernel [..., in, out] is gone through once a place. */
function flopsOf(layer: tf.layers.Layer): number {
  if (!/^(Conv[123]D|DepthwiseConv2D|Dense)$/.test(layer.getClassName())) return 0
  const [kernel] = layer.weights
  return kernel ? 2 * sizeOf(kernel.shape) * sizeOf(shapeOf(layer).slice(0, -1)) : 0
}

function textOf(
  layers: readonly LayerDescription[],
  { parameters, trainableParameters, flops }: Omit<ModelDescription, 'name' | 'layers' | 'text'>,
): string {
  const count = (value: number): string => value.toLocaleString('en-US')
  const millions = (value: number): string => (value / 1e6).toFixed(1)
  const rows = [
    ['layer', 'kind', 'output', 'parameters', 'MFLOP'],
    ...layers.map((layer) => [
      layer.name,
      layer.kind,
      layer.shape.map((side) => side ?? '?').join(' x '),
      count(layer.parameters),
      millions(layer.flops),
    ]),
    ['all', '', '', count(parameters), millions(flops)],
  ]
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => (row[column] as string).length))) ?? []
  const lines = rows.map((row) =>
    row
      .map((cell, column) =>
        column > 2 ? cell.padStart(widths[column] as number) : cell.padEnd(widths[column] as number),
      )
      .join('  '),
  )
  return [...lines, `${count(trainableParameters)} of ${count(parameters)} parameters are trained`].join('\n')
}
