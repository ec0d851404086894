import * as tf from '@tensorflow/tfjs'

/** An operation whose gradient by one input is compared with central differences. */
export interface GradientCase {
  readonly name: string
  readonly shape: readonly number[]
  /** Moves random numbers in -1..1 to where the operation is defined and has no kink. */
  readonly prepare?: (x: tf.Tensor) => tf.Tensor
  readonly compute: (x: tf.Tensor) => tf.Tensor
}

/** Step of the central differences. */
const STEP = 4e-3

/** Numbers of {@link noise} by their count and seed: central differences need the same ones often. */
const noiseValues = new Map<string, Float32Array>()

/** Random numbers in -1..1, the same for each call. */
function noise(shape: readonly number[], seed = 3): tf.Tensor {
  const count = shape.reduce((product, side) => product * side, 1)
  const key = `${count} ${seed}`
  const values = noiseValues.get(key) ?? createNoise(count, seed)
  noiseValues.set(key, values)
  return tf.tensor(values.slice(), [...shape])
}

function createNoise(count: number, seed: number): Float32Array {
  let state = seed * 2654435761
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 31 - 1
  })
}

const positive = (x: tf.Tensor): tf.Tensor => x.abs().add(0.5)
const awayFromZero = (x: tf.Tensor): tf.Tensor => x.add(x.sign().mul(0.1))
/** Numbers that differ by at least 0.03, so that no maximum changes within a step. */
const distinct = (x: tf.Tensor): tf.Tensor => tf.range(0, x.size).mul(0.37).mod(7.31).reshape(x.shape)

type Shape4D = [number, number, number, number]
const image = (shape: readonly number[]): tf.Tensor4D => noise(shape) as tf.Tensor4D
const as4D = (x: tf.Tensor): tf.Tensor4D => x as tf.Tensor4D

function createConvolutionCases(): GradientCase[] {
  const cases: GradientCase[] = []
  const input = [2, 6, 7, 2]
  for (const stride of [1, 2, 3]) {
    for (const size of [1, 2, 3, 5]) {
      for (const pad of ['same', 'valid'] as const) {
        const label = `filter ${size}, stride ${stride}, ${pad}`
        const filter = [size, size, 2, 3]
        const depthwise = [size, size, 2, 2]
        const transposed = [size, size, 3, 2]
        const grow = (side: number): number => (pad === 'same' ? side * stride : (side - 1) * stride + size)
        const grown: Shape4D = [2, grow(6), grow(7), 3]
        cases.push(
          {
            name: `conv2d by x, ${label}`,
            shape: input,
            compute: (x) => tf.conv2d(as4D(x), image(filter), stride, pad),
          },
          {
            name: `conv2d by filter, ${label}`,
            shape: filter,
            compute: (x) => tf.conv2d(image(input), as4D(x), stride, pad),
          },
          {
            name: `depthwiseConv2d by x, ${label}`,
            shape: input,
            compute: (x) => tf.depthwiseConv2d(as4D(x), image(depthwise), stride, pad),
          },
          {
            name: `depthwiseConv2d by filter, ${label}`,
            shape: depthwise,
            compute: (x) => tf.depthwiseConv2d(image(input), as4D(x), stride, pad),
          },
          {
            name: `conv2dTranspose by x, ${label}`,
            shape: input,
            compute: (x) => tf.conv2dTranspose(as4D(x), image(transposed), grown, stride, pad),
          },
          {
            name: `conv2dTranspose by filter, ${label}`,
            shape: transposed,
            compute: (x) => tf.conv2dTranspose(image(input), as4D(x), grown, stride, pad),
          },
          {
            name: `avgPool, ${label}`,
            shape: input,
            compute: (x) => tf.avgPool(as4D(x), size, stride, pad),
          },
          {
            name: `maxPool, ${label}`,
            shape: input,
            prepare: distinct,
            compute: (x) => tf.maxPool(as4D(x), size, stride, pad),
          },
        )
      }
    }
  }
  const explicit: [Pair, Pair, Pair, Pair] = [
    [0, 0],
    [1, 2],
    [0, 1],
    [0, 0],
  ]
  cases.push(
    {
      name: 'conv2d by x, explicit padding',
      shape: input,
      compute: (x) => tf.conv2d(as4D(x), image([3, 3, 2, 3]), 2, explicit),
    },
    {
      name: 'conv2d by filter, explicit padding',
      shape: [3, 3, 2, 3],
      compute: (x) => tf.conv2d(image(input), as4D(x), 2, explicit),
    },
  )
  return cases
}

type Pair = [number, number]

function createPoolCases(): GradientCase[] {
  const input = [2, 6, 7, 2]
  return [
    { name: 'avgPool, padding 1', shape: input, compute: (x) => tf.avgPool(as4D(x), 3, 2, 1) },
    { name: 'maxPool, padding 1', shape: input, prepare: distinct, compute: (x) => tf.maxPool(as4D(x), 3, 2, 1) },
    {
      name: 'avgPool, rounded up',
      shape: input,
      compute: (x) => tf.avgPool(as4D(x), [2, 3], 2, 0, 'ceil'),
    },
    {
      name: 'maxPool, rounded up',
      shape: input,
      prepare: distinct,
      compute: (x) => tf.maxPool(as4D(x), [2, 3], 2, 0, 'ceil'),
    },
    {
      name: 'avgPool3d, same',
      shape: [1, 3, 4, 5, 2],
      compute: (x) => tf.avgPool3d(x as tf.Tensor5D, 2, 2, 'same'),
    },
    {
      name: 'avgPool3d, rounded up',
      shape: [1, 3, 4, 5, 2],
      compute: (x) => tf.avgPool3d(x as tf.Tensor5D, 2, 2, 0, 'ceil'),
    },
  ]
}

function createResizeCases(): GradientCase[] {
  const cases: GradientCase[] = []
  for (const from of [
    [3, 4],
    [5, 5],
    [1, 1],
  ] as const) {
    for (const to of [
      [6, 8],
      [5, 7],
      [2, 3],
      [1, 1],
    ] as Pair[]) {
      for (const alignment of ['corners', 'half-pixel centers', 'neither'] as const) {
        const [alignCorners, halfPixelCenters] = [alignment === 'corners', alignment === 'half-pixel centers']
        const label = `${from.join('x')} to ${to.join('x')}, ${alignment}`
        const shape = [2, ...from, 2]
        cases.push(
          {
            name: `resizeBilinear, ${label}`,
            shape,
            compute: (x) => tf.image.resizeBilinear(as4D(x), to, alignCorners, halfPixelCenters),
          },
          {
            name: `resizeNearestNeighbor, ${label}`,
            shape,
            compute: (x) => tf.image.resizeNearestNeighbor(as4D(x), to, alignCorners, halfPixelCenters),
          },
        )
      }
    }
  }
  return cases
}

type Binary = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor

function createElementwiseCases(): GradientCase[] {
  const unary = {
    relu: tf.relu,
    relu6: tf.relu6,
    elu: tf.elu,
    selu: tf.selu,
    sigmoid: tf.sigmoid,
    tanh: tf.tanh,
    softplus: tf.softplus,
    exp: tf.exp,
    erf: tf.erf,
    abs: tf.abs,
    square: tf.square,
  }
  const positiveOnly = { sqrt: tf.sqrt, rsqrt: tf.rsqrt, log: tf.log, log1p: tf.log1p, reciprocal: tf.reciprocal }
  const binary: Readonly<Record<string, Binary>> = {
    add: tf.add,
    sub: tf.sub,
    mul: tf.mul,
    div: tf.div,
    maximum: tf.maximum,
    minimum: tf.minimum,
    squaredDifference: tf.squaredDifference,
  }
  return [
    ...Object.entries(unary).map(([name, compute]) => ({
      name,
      shape: [3, 4],
      prepare: awayFromZero,
      compute: (x: tf.Tensor) => compute(x),
    })),
    ...Object.entries(positiveOnly).map(([name, compute]) => ({
      name,
      shape: [3, 4],
      prepare: positive,
      compute: (x: tf.Tensor) => compute(x),
    })),
    ...Object.entries(binary).flatMap(([name, compute]) => [
      {
        name: `${name} by a, broadcast`,
        shape: [4],
        compute: (x: tf.Tensor) => compute(x, positive(noise([2, 3, 4]))),
      },
      {
        name: `${name} by b, broadcast`,
        shape: [3, 1],
        prepare: positive,
        compute: (x: tf.Tensor) => compute(noise([2, 3, 4]), x),
      },
      { name: `${name} by a`, shape: [3, 4], compute: (x: tf.Tensor) => compute(x, positive(noise([3, 4], 8))) },
    ]),
    { name: 'leakyRelu', shape: [3, 4], prepare: awayFromZero, compute: (x) => tf.leakyRelu(x, 0.1) },
    { name: 'prelu by x', shape: [3, 4], prepare: awayFromZero, compute: (x) => tf.prelu(x, noise([4]).abs()) },
    { name: 'prelu by alpha', shape: [1, 1, 4], compute: (x) => tf.prelu(noise([2, 3, 3, 4]), x) },
    { name: 'pow', shape: [3, 4], prepare: positive, compute: (x) => tf.pow(x, 2.5) },
    { name: 'addN of 9', shape: [3, 4], compute: (x) => tf.addN([x, x, x, x, x, x, x, x, x]) },
    { name: 'where, broadcast', shape: [3], compute: (x) => tf.where(noise([2, 3]).greater(0), x, noise([2, 3], 9)) },
  ]
}

function createReductionCases(): GradientCase[] {
  const shape = [2, 3, 4]
  return [
    { name: 'sum over [0, 2]', shape, compute: (x) => tf.sum(x, [0, 2]) },
    { name: 'mean over 1', shape, compute: (x) => tf.mean(x, 1, true) },
    { name: 'max over [1, 2]', shape, prepare: distinct, compute: (x) => tf.max(x, [1, 2]) },
    { name: 'min over 0', shape, prepare: distinct, compute: (x) => tf.min(x, 0) },
    { name: 'prod over 1', shape: [2, 3], prepare: positive, compute: (x) => tf.prod(x, 1) },
    { name: 'softmax', shape, compute: (x) => tf.softmax(x) },
    { name: 'logSoftmax', shape: [2, 5], compute: (x) => tf.logSoftmax(x as tf.Tensor2D) },
    { name: 'logSumExp', shape, compute: (x) => tf.logSumExp(x, 1) },
    { name: 'cumsum over 0', shape: [3, 4], compute: (x) => tf.cumsum(x, 0) },
    { name: 'cumsum over 1, exclusive, from the end', shape, compute: (x) => tf.cumsum(x, 1, true, true) },
    { name: 'norm over 1', shape, compute: (x) => tf.norm(x, 2, 1) },
    {
      name: 'batch normalization with the statistics of the batch',
      shape: [2, 3, 3, 2],
      compute: (x) => {
        const { mean, variance } = tf.moments(x, [0, 1, 2])
        const [offset, scale] = [noise([2]) as tf.Tensor1D, noise([2], 8) as tf.Tensor1D]
        return tf.batchNorm(as4D(x), mean as tf.Tensor1D, variance as tf.Tensor1D, offset, scale, 1e-3)
      },
    },
    {
      name: 'local response normalization',
      shape: [1, 2, 2, 6],
      compute: (x) => tf.localResponseNormalization(as4D(x), 2, 1, 0.5, 0.5),
    },
  ]
}

function createProductCases(): GradientCase[] {
  return [false, true].flatMap((transposeA) =>
    [false, true].flatMap((transposeB) => {
      const a = transposeA ? [4, 3] : [3, 4]
      const b = transposeB ? [5, 4] : [4, 5]
      const label = `transposed ${transposeA}, ${transposeB}`
      const multiply: Binary = (left, right) => tf.matMul(left, right, transposeA, transposeB)
      return [
        { name: `matMul by a, ${label}`, shape: a, compute: (x: tf.Tensor) => multiply(x, noise(b)) },
        { name: `matMul by b, ${label}`, shape: b, compute: (x: tf.Tensor) => multiply(noise(a), x) },
        {
          name: `matMul by a, broadcast, ${label}`,
          shape: [1, ...a],
          compute: (x: tf.Tensor) => multiply(x, noise([2, ...b])),
        },
        {
          name: `matMul by b, broadcast, ${label}`,
          shape: [1, ...b],
          compute: (x: tf.Tensor) => multiply(noise([2, ...a]), x),
        },
      ]
    }),
  )
}

function createShapeCases(): GradientCase[] {
  const shape = [2, 3, 4]
  const padding: Pair[] = [
    [0, 0],
    [1, 2],
    [2, 1],
    [0, 0],
  ]
  return [
    { name: 'transpose', shape, compute: (x) => tf.transpose(x, [2, 0, 1]) },
    { name: 'pad', shape: [2, 3, 4, 2], compute: (x) => tf.pad(x, padding) },
    { name: 'mirrorPad, reflect', shape: [2, 3, 4, 2], compute: (x) => tf.mirrorPad(x, padding, 'reflect') },
    { name: 'mirrorPad, symmetric', shape: [2, 3, 4, 2], compute: (x) => tf.mirrorPad(x, padding, 'symmetric') },
    { name: 'slice', shape, compute: (x) => tf.slice(x, [0, 1, 1], [2, 2, 2]) },
    { name: 'concat', shape, compute: (x) => tf.concat([x, noise(shape), x], 1) },
    { name: 'split', shape, compute: (x) => tf.split(x, 2, 2).reduce((a, b) => tf.mul(a, b)) },
    { name: 'tile', shape, compute: (x) => tf.tile(x, [2, 1, 3]) },
    { name: 'reverse', shape, compute: (x) => tf.reverse(x, [0, 2]) },
    {
      name: 'spaceToBatchND',
      shape: [1, 3, 4, 2],
      compute: (x) =>
        tf.spaceToBatchND(
          x,
          [2, 2],
          [
            [0, 1],
            [0, 0],
          ],
        ),
    },
    {
      name: 'batchToSpaceND',
      shape: [4, 2, 2, 2],
      compute: (x) =>
        tf.batchToSpaceND(
          x,
          [2, 2],
          [
            [0, 1],
            [0, 0],
          ],
        ),
    },
  ]
}

export const GRADIENT_CASES: readonly GradientCase[] = [
  ...createConvolutionCases(),
  ...createPoolCases(),
  ...createResizeCases(),
  ...createElementwiseCases(),
  ...createReductionCases(),
  ...createProductCases(),
  ...createShapeCases(),
]

/** Result and gradient of each case, by its name. */
export type GradientReference = Readonly<
  Record<string, { readonly output: readonly number[]; readonly gradient: readonly number[] }>
>

function createInput({ shape, prepare }: GradientCase): tf.Tensor {
  return tf.tidy(() => {
    const x = noise(shape, 11)
    return prepare ? prepare(x) : x
  })
}

/** Computes a weighted sum of the result, whose gradient is compared. */
function weightedSum({ compute }: GradientCase, x: tf.Tensor): tf.Scalar {
  const output = compute(x)
  return output.mul(noise(output.shape, 5)).sum()
}

/** Computes, on the current backend, results and central differences of the weighted sum of the cases. */
export function computeReference(cases: readonly GradientCase[] = GRADIENT_CASES): GradientReference {
  return Object.fromEntries(
    cases.map((gradientCase) => [
      gradientCase.name,
      tf.tidy(() => {
        const x = createInput(gradientCase)
        const values = x.dataSync()
        const sumAt = (i: number, step: number): number =>
          tf.tidy(() => {
            const moved = values.slice()
            moved[i] = (moved[i] as number) + step
            return weightedSum(gradientCase, tf.tensor(moved, x.shape)).dataSync()[0] as number
          })
        const gradient = Array.from(values, (_, i) => (sumAt(i, STEP) - sumAt(i, -STEP)) / (2 * STEP))
        return { output: Array.from(gradientCase.compute(x).dataSync()), gradient }
      }),
    ]),
  )
}

/**
 * Compares results and gradients of the cases of a reference on the current backend.
 *
 * @returns one line for each case that is wrong; empty: all are right
 */
export async function findWrongGradients(reference: GradientReference): Promise<string[]> {
  const faults: string[] = []
  for (const gradientCase of GRADIENT_CASES) {
    const expected = reference[gradientCase.name]
    if (!expected) continue
    try {
      const [output, gradient] = tf.tidy(() => {
        const x = createInput(gradientCase)
        return [gradientCase.compute(x), tf.grad((value) => weightedSum(gradientCase, value as tf.Tensor))(x)]
      }) as [tf.Tensor, tf.Tensor]
      const [outputValues, gradientValues] = await Promise.all([output.data(), gradient.data()])
      const outputDifference = findDifference(outputValues, expected.output)
      const gradientDifference = findDifference(gradientValues, expected.gradient)
      tf.dispose([output, gradient])
      if (outputDifference > 1e-4) faults.push(`${gradientCase.name}: result differs by ${outputDifference}`)
      if (gradientDifference > 1e-2) faults.push(`${gradientCase.name}: gradient differs by ${gradientDifference}`)
    } catch (error) {
      faults.push(`${gradientCase.name}: ${(error as Error).message.split('\n')[0]}`)
    }
  }
  return faults
}

/** Computes the largest difference, relative to the largest number if that is over 1; infinite if a number is missing. */
function findDifference(actual: ArrayLike<number>, expected: readonly number[]): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY
  const scale = Math.max(1, ...expected.map(Math.abs))
  const differences = expected.map((value, i) => Math.abs((actual[i] as number) - value) / scale)
  return differences.some(Number.isNaN) ? Number.POSITIVE_INFINITY : Math.max(0, ...differences)
}
