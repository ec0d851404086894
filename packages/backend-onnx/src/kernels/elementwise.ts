import * as tf from '@tensorflow/tfjs-core'
import { isSameShape } from '../lowering/shape.ts'
import type { Lowered, Lowering, Operation, Value } from '../lowering/value.ts'
import { areFloats, areFloatsOrIntegers, areNumbers, type Kernel, type KernelAttributes } from './kernel.ts'

type Build = (lowering: Lowering, name: string, attributes: KernelAttributes) => string

/** Makes a kernel that computes each number of `x` by itself: in any layout, before any broadcast. */
function unaryKernel(name: string, build: Build, settings: Partial<Kernel & { type: 'bool' }> = {}): Kernel {
  const operation: Operation = {
    name,
    lower(lowering, { inputs, attributes }) {
      const x = lowering.lower(inputs[0] as Value)
      return { ...x, name: build(lowering, x.name, attributes) }
    },
  }
  return {
    name,
    supports: settings.supports ?? areFloats,
    record: (backend, inputs, attributes) => {
      const x = inputs['x'] as tf.TensorInfo
      return backend.record(operation, [x], { attributes, shape: x.shape, type: settings.type ?? 'float32' })
    },
  }
}

/** Creates the function that builds a node of an operator without attributes. */
const buildNode =
  (operator: string): Build =>
  ({ graph }, x) =>
    graph.addNode(operator, [x])

const UNARY: readonly Kernel[] = [
  ...['Sqrt', 'Exp', 'Log', 'Abs', 'Sigmoid', 'Tanh', 'Reciprocal', 'Floor', 'Ceil', 'Erf', 'Softplus'].map((name) =>
    unaryKernel(name, buildNode(name)),
  ),
  ...['Sin', 'Cos', 'Asin', 'Acos', 'Atan', 'Sinh', 'Cosh', 'Asinh', 'Acosh', 'Atanh', 'Round'].map((name) =>
    unaryKernel(name, buildNode(name)),
  ),
  unaryKernel('Relu', ({ graph }, x) => graph.addNode('Relu', [x])),
  unaryKernel('Neg', buildNode('Neg')),
  unaryKernel('Elu', ({ graph }, x, { alpha }) => graph.addNode('Elu', [x], { alpha: { float: alpha ?? 1 } })),
  unaryKernel('Selu', buildNode('Selu')),
  unaryKernel('LeakyRelu', ({ graph }, x, { alpha }) => graph.addNode('LeakyRelu', [x], { alpha: { float: alpha } })),
  unaryKernel('Relu6', ({ graph }, x) => graph.addNode('Clip', [x, graph.addFloat(0), graph.addFloat(6)])),
  unaryKernel('ClipByValue', ({ graph }, x, { clipValueMin, clipValueMax }) =>
    graph.addNode('Min', [graph.addNode('Max', [x, graph.addFloat(clipValueMin)]), graph.addFloat(clipValueMax)]),
  ),
  unaryKernel('Square', ({ graph }, x) => graph.addNode('Mul', [x, x])),
  unaryKernel('Rsqrt', ({ graph }, x) => graph.addNode('Reciprocal', [graph.addNode('Sqrt', [x])])),
  unaryKernel('IsNan', buildNode('IsNaN'), { type: 'bool' }),
  unaryKernel('IsInf', buildNode('IsInf'), { type: 'bool' }),
  unaryKernel('LogicalNot', buildNode('Not'), {
    type: 'bool',
    supports: ([x]) => x?.dtype === 'bool' && !x.shape.includes(0),
  }),
  unaryKernel('Step', ({ graph }, x, { alpha }) => {
    const positive = graph.addNode('Greater', [x, graph.addFloat(0)])
    // NaN stays NaN.
    const step = alpha
      ? graph.addNode('Where', [positive, graph.addFloat(1), graph.addFloat(alpha)])
      : graph.addNode('Cast', [positive], { to: 1 })
    return graph.addNode('Where', [graph.addNode('IsNaN', [x]), x, step])
  }),
]

/** Returns the shape of two inputs broadcast against each other; throws if they do not fit, as on every backend. */
function getBroadcastShape(a: tf.TensorInfo, b: tf.TensorInfo): number[] {
  return tf.backend_util.assertAndGetBroadcastShape(a.shape, b.shape)
}

/** Makes a kernel that computes each pair of numbers of `a` and `b`, with broadcasting. */
function binaryKernel(
  name: string,
  build: string | ((lowering: Lowering, names: string[]) => string),
  settings: {
    readonly supports?: Kernel['supports']
    readonly type?: 'bool' | 'float32'
    readonly weights?: readonly number[]
  } = {},
): Kernel {
  const operation: Operation = {
    name,
    ...(settings.weights ? { weights: settings.weights } : {}),
    lower: (lowering, value) =>
      lowering.elementwise(value, value.inputs, (names) =>
        typeof build === 'string' ? lowering.graph.addNode(build, names) : build(lowering, names),
      ),
  }
  return {
    name,
    supports: settings.supports ?? areFloatsOrIntegers,
    record: (backend, inputs) => {
      const { a, b } = inputs as { a: tf.TensorInfo; b: tf.TensorInfo }
      return backend.record(operation, [a, b], {
        shape: getBroadcastShape(a, b),
        type: settings.type ?? (a.dtype as 'float32' | 'int32'),
      })
    },
  }
}

const BOOLEAN_SETTINGS = {
  supports: (inputs: readonly tf.TensorInfo[]) =>
    inputs.every(({ dtype, shape }) => dtype === 'bool' && !shape.includes(0)),
  type: 'bool',
} as const
const FLOAT_SETTINGS = { supports: areFloats } as const

const BINARY: readonly Kernel[] = [
  // b is a layer's bias.
  binaryKernel('Add', 'Add', { weights: [1] }),
  binaryKernel('Sub', 'Sub'),
  binaryKernel('RealDiv', 'Div', FLOAT_SETTINGS),
  binaryKernel('Maximum', 'Max', FLOAT_SETTINGS),
  binaryKernel('Minimum', 'Min', FLOAT_SETTINGS),
  binaryKernel('Pow', 'Pow', FLOAT_SETTINGS),
  binaryKernel('SquaredDifference', ({ graph }, names) => {
    const difference = graph.addNode('Sub', names)
    return graph.addNode('Mul', [difference, difference])
  }),
  ...[
    ['Greater', 'Greater'],
    ['GreaterEqual', 'GreaterOrEqual'],
    ['Less', 'Less'],
    ['LessEqual', 'LessOrEqual'],
    ['Equal', 'Equal'],
  ].map(([name, operator]) => binaryKernel(name as string, operator as string, { type: 'bool' })),
  binaryKernel('NotEqual', ({ graph }, names) => graph.addNode('Not', [graph.addNode('Equal', names)]), {
    type: 'bool',
  }),
  binaryKernel('LogicalAnd', 'And', BOOLEAN_SETTINGS),
  binaryKernel('LogicalOr', 'Or', BOOLEAN_SETTINGS),
]

const multiply: Operation = {
  name: 'Multiply',
  lower(lowering, value) {
    const [a, b] = value.inputs as [Value, Value]
    const { graph } = lowering
    const orders = [
      { factor: a, other: b },
      { factor: b, other: a },
    ]
    for (const { factor, other } of orders) {
      // x * ones(shape), as in gradients of sums: the broadcast is left out.
      if (isOnes(factor) && other.shape.length === value.shape.length) return lowering.lower(other)
      // dy * step(x), the gradient of ReLU: without the test for NaN.
      const stepInput = findStepInput(factor)
      if (stepInput && isSameShape(stepInput.shape, value.shape)) {
        return lowering.elementwise(value, [stepInput, other], ([x, dy]) => {
          const step = graph.addNode('Cast', [graph.addNode('Greater', [x as string, graph.addFloat(0)])], { to: 1 })
          return graph.addNode('Mul', [step, dy as string])
        })
      }
    }
    return lowering.elementwise(value, value.inputs, (names) => graph.addNode('Mul', names))
  },
}

function isOnes({ operation, stored, attributes }: Value): boolean {
  return operation === fill && !stored && attributes['value'] === 1
}

/** Returns the x of a value step(x) that is not computed yet. */
function findStepInput({ operation, stored, attributes, inputs, type }: Value): Value | undefined {
  if (stored || !operation) return undefined
  if (operation.name === 'Cast' && type === 'float32') return findStepInput(inputs[0] as Value)
  return operation.name === 'Step' && !attributes['alpha'] ? inputs[0] : undefined
}

/** A tensor of one number. */
export const fill: Operation = {
  name: 'Fill',
  lower: (lowering, { attributes, shape, type }) => lowering.fill(attributes['value'] as number, shape, type),
}

const addN: Operation = {
  name: 'AddN',
  lower: (lowering, value) =>
    lowering.elementwise(value, value.inputs, (names) =>
      names.reduce((sum, name) => lowering.graph.addNode('Add', [sum, name])),
    ),
}

const CAST_TYPES = { float32: 1, int32: 6, bool: 9 } as const

const cast: Operation = {
  name: 'Cast',
  lower(lowering, { inputs, type }) {
    const [input] = inputs as [Value]
    const x = lowering.lower(input)
    const { graph } = lowering
    const castTo = (name: string): Lowered => ({ ...x, name: graph.addNode('Cast', [name], { to: CAST_TYPES[type] }) })
    if (input.type !== 'float32' || type !== 'int32') return castTo(x.name)
    // As in JavaScript, the lowest 32 bits are the result. Floats beyond int64 are multiples of 2^32 or not finite: all give 0.
    const isInRange = graph.addNode('Less', [graph.addNode('Abs', [x.name]), graph.addFloat(2 ** 63)])
    const inRange = graph.addNode('Where', [isInRange, x.name, graph.addFloat(0)])
    // Without the remainder, the runtime would merge the two casts.
    const castToLong = (name: string): string => graph.addNode('Cast', [name], { to: 7 })
    return castTo(graph.addNode('Mod', [castToLong(inRange), castToLong(graph.addFloat(2 ** 32))]))
  },
}

const select: Operation = {
  name: 'Select',
  lower: (lowering, value) =>
    lowering.elementwise(value, value.inputs, ([condition, ...branches]) => {
      const { graph } = lowering
      const { type } = value
      // The runtime needs branches of one type.
      const converted = branches.map((name, i) =>
        value.inputs[i + 1]?.type === type ? name : graph.addNode('Cast', [name], { to: CAST_TYPES[type] }),
      )
      return graph.addNode('Where', [condition as string, ...converted])
    }),
}

const prelu: Operation = {
  name: 'Prelu',
  lower: (lowering, value) =>
    lowering.elementwise(value, value.inputs, ([x, alpha]) => {
      const { graph } = lowering
      const negative = graph.addNode('Less', [x as string, graph.addFloat(0)])
      return graph.addNode('Where', [negative, graph.addNode('Mul', [x as string, alpha as string]), x as string])
    }),
}

const eluGrad: Operation = {
  name: 'EluGrad',
  lower: (lowering, value) =>
    lowering.elementwise(value, value.inputs, ([dy, y]) => {
      const { graph } = lowering
      const slope = graph.addNode('Min', [graph.addNode('Add', [y as string, graph.addFloat(1)]), graph.addFloat(1)])
      return graph.addNode('Mul', [dy as string, slope])
    }),
}

/** Kernels that compute each number by itself, with broadcasting. */
export const ELEMENTWISE_KERNELS: readonly Kernel[] = [
  ...UNARY,
  ...BINARY,
  {
    name: 'Multiply',
    supports: areFloatsOrIntegers,
    record: (backend, inputs) => {
      const { a, b } = inputs as { a: tf.TensorInfo; b: tf.TensorInfo }
      return backend.record(multiply, [a, b], { shape: getBroadcastShape(a, b), type: a.dtype as 'float32' })
    },
  },
  {
    name: 'AddN',
    supports: areFloatsOrIntegers,
    record: (backend, inputs) => {
      const parts = Object.values(inputs)
      const [first] = parts as [tf.TensorInfo]
      return backend.record(addN, parts, { shape: first.shape, type: first.dtype as 'float32' })
    },
  },
  {
    name: 'Cast',
    supports: (inputs, { dtype }) => areNumbers(inputs) && ['float32', 'int32', 'bool'].includes(dtype),
    record: (backend, inputs, { dtype }) => {
      const x = inputs['x'] as tf.TensorInfo
      return x.dtype === dtype ? backend.alias(x, x.shape) : backend.record(cast, [x], { shape: x.shape, type: dtype })
    },
  },
  {
    name: 'Select',
    supports: ([condition, t, e]) => condition?.dtype === 'bool' && areFloatsOrIntegers([t, e] as tf.TensorInfo[]),
    record: (backend, inputs) => {
      const { condition, t, e } = inputs as Record<'condition' | 't' | 'e', tf.TensorInfo>
      // A condition with fewer axes belongs to the first axes.
      const missing = t.shape.length - condition.shape.length
      const expanded = { ...condition, shape: [...condition.shape, ...Array<number>(missing).fill(1)] }
      const type = tf.upcastType(t.dtype, e.dtype) as 'float32' | 'int32'
      return backend.record(select, [expanded, t, e], { shape: t.shape, type })
    },
  },
  {
    name: 'Prelu',
    supports: areFloats,
    record: (backend, inputs) => {
      const { x, alpha } = inputs as Record<'x' | 'alpha', tf.TensorInfo>
      return backend.record(prelu, [x, alpha], { shape: getBroadcastShape(x, alpha) })
    },
  },
  {
    name: 'EluGrad',
    supports: areFloats,
    record: (backend, inputs) => {
      const { dy, y } = inputs as Record<'dy' | 'y', tf.TensorInfo>
      return backend.record(eluGrad, [dy, y], { shape: y.shape })
    },
  },
]
