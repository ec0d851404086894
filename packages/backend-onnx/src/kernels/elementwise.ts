import * as tf from '@tensorflow/tfjs'
import type { Lowered, Lowering, Operation, Value } from '../lowering/value.ts'
import { areFloats, areFloatsOrIntegers, areNumbers, type Kernel, type KernelAttributes } from './kernel.ts'

type Build = (lowering: Lowering, name: string, attributes: KernelAttributes) => string

/** An operation on each number of `x`, with any layout and before any broadcast. */
function unary(name: string, build: Build, settings: Partial<Kernel & { type: 'bool' }> = {}): Kernel {
  const operation: Operation = {
    name,
    lower(lowering, { inputs, attributes }) {
      const from = lowering.lower(inputs[0] as Value)
      return { ...from, name: build(lowering, from.name, attributes) }
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

const node =
  (operator: string): Build =>
  ({ graph }, x) =>
    graph.addNode(operator, [x])

const UNARY: readonly Kernel[] = [
  ...['Sqrt', 'Exp', 'Log', 'Abs', 'Sigmoid', 'Tanh', 'Reciprocal', 'Floor', 'Ceil', 'Erf', 'Softplus'].map((name) =>
    unary(name, node(name)),
  ),
  ...['Sin', 'Cos', 'Asin', 'Acos', 'Atan', 'Sinh', 'Cosh', 'Asinh', 'Acosh', 'Atanh', 'Round'].map((name) =>
    unary(name, node(name)),
  ),
  unary('Relu', ({ graph }, x) => graph.addNode('Relu', [x])),
  unary('Neg', node('Neg')),
  unary('Elu', ({ graph }, x, { alpha }) => graph.addNode('Elu', [x], { alpha: { float: alpha ?? 1 } })),
  unary('Selu', node('Selu')),
  unary('LeakyRelu', ({ graph }, x, { alpha }) => graph.addNode('LeakyRelu', [x], { alpha: { float: alpha } })),
  unary('Relu6', ({ graph }, x) => graph.addNode('Clip', [x, graph.addFloat(0), graph.addFloat(6)])),
  unary('ClipByValue', ({ graph }, x, { clipValueMin, clipValueMax }) =>
    graph.addNode('Min', [graph.addNode('Max', [x, graph.addFloat(clipValueMin)]), graph.addFloat(clipValueMax)]),
  ),
  unary('Square', ({ graph }, x) => graph.addNode('Mul', [x, x])),
  unary('Rsqrt', ({ graph }, x) => graph.addNode('Reciprocal', [graph.addNode('Sqrt', [x])])),
  unary('IsNan', node('IsNaN'), { type: 'bool' }),
  unary('IsInf', node('IsInf'), { type: 'bool' }),
  unary('LogicalNot', node('Not'), { type: 'bool', supports: ([x]) => x?.dtype === 'bool' && !x.shape.includes(0) }),
  unary('Step', ({ graph }, x, { alpha }) => {
    const positive = graph.addNode('Greater', [x, graph.addFloat(0)])
    // What is no number stays none.
    const step = alpha
      ? graph.addNode('Where', [positive, graph.addFloat(1), graph.addFloat(alpha)])
      : graph.addNode('Cast', [positive], { to: 1 })
    return graph.addNode('Where', [graph.addNode('IsNaN', [x]), x, step])
  }),
]

/** The shape of two inputs broadcast against each other; throws where they do not fit, as every backend does. */
function broadcastShape(a: tf.TensorInfo, b: tf.TensorInfo): number[] {
  return tf.backend_util.assertAndGetBroadcastShape(a.shape, b.shape)
}

function binary(
  name: string,
  build: string | ((lowering: Lowering, names: string[]) => string),
  settings: {
    readonly takes?: Kernel['supports']
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
    supports: settings.takes ?? areFloatsOrIntegers,
    record: (backend, inputs) => {
      const { a, b } = inputs as { a: tf.TensorInfo; b: tf.TensorInfo }
      return backend.record(operation, [a, b], {
        shape: broadcastShape(a, b),
        type: settings.type ?? (a.dtype as 'float32' | 'int32'),
      })
    },
  }
}

const ofBooleans = {
  takes: (inputs: readonly tf.TensorInfo[]) =>
    inputs.every(({ dtype, shape }) => dtype === 'bool' && !shape.includes(0)),
  type: 'bool',
} as const
const ofFloats = { takes: areFloats } as const

const BINARY: readonly Kernel[] = [
  // A bias.
  binary('Add', 'Add', { weights: [1] }),
  binary('Sub', 'Sub'),
  binary('RealDiv', 'Div', ofFloats),
  binary('Maximum', 'Max', ofFloats),
  binary('Minimum', 'Min', ofFloats),
  binary('Pow', 'Pow', ofFloats),
  binary('SquaredDifference', ({ graph }, names) => {
    const difference = graph.addNode('Sub', names)
    return graph.addNode('Mul', [difference, difference])
  }),
  ...[
    ['Greater', 'Greater'],
    ['GreaterEqual', 'GreaterOrEqual'],
    ['Less', 'Less'],
    ['LessEqual', 'LessOrEqual'],
    ['Equal', 'Equal'],
  ].map(([name, operator]) => binary(name as string, operator as string, { type: 'bool' })),
  binary('NotEqual', ({ graph }, names) => graph.addNode('Not', [graph.addNode('Equal', names)]), { type: 'bool' }),
  binary('LogicalAnd', 'And', ofBooleans),
  binary('LogicalOr', 'Or', ofBooleans),
]

const multiply: Operation = {
  name: 'Multiply',
  lower(lowering, value) {
    const [a, b] = value.inputs as [Value, Value]
    const { graph } = lowering
    for (const [one, other] of [
      [a, b],
      [b, a],
    ] as const) {
      // x * ones(shape), as gradients of sums have it: a broadcast that need not be carried out.
      if (isOnes(one) && other.shape.length === value.shape.length) return lowering.lower(other)
      // dy * step(x), the gradient of ReLU: without the look for what is no number.
      const stepped = steppedBy(one)
      if (stepped && String(stepped.shape) === String(value.shape)) {
        return lowering.elementwise(value, [stepped, other], ([x, dy]) => {
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

/** The x of a step(x) that is still to be computed. */
function steppedBy({ operation, stored, attributes, inputs, type }: Value): Value | undefined {
  if (stored || !operation) return undefined
  if (operation.name === 'Cast' && type === 'float32') return steppedBy(inputs[0] as Value)
  return operation.name === 'Step' && !attributes['alpha'] ? inputs[0] : undefined
}

/** One number for a whole shape. */
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

const TARGETS = { float32: 1, int32: 6, bool: 9 } as const

const cast: Operation = {
  name: 'Cast',
  lower(lowering, { inputs, type }) {
    const [input] = inputs as [Value]
    const from = lowering.lower(input)
    const { graph } = lowering
    const node = (name: string): Lowered => ({ ...from, name: graph.addNode('Cast', [name], { to: TARGETS[type] }) })
    if (input.type !== 'float32' || type !== 'int32') return node(from.name)
    // What no whole number stands for becomes 0: the runtime gives the smallest.
    const small = graph.addNode('Less', [graph.addNode('Abs', [from.name]), graph.addFloat(2 ** 31)])
    return node(graph.addNode('Where', [small, from.name, graph.addFloat(0)]))
  },
}

const select: Operation = {
  name: 'Select',
  lower: (lowering, value) =>
    lowering.elementwise(value, value.inputs, (names) => lowering.graph.addNode('Where', names)),
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

/** Operations on numbers one by one, with broadcasting. */
export const ELEMENTWISE_KERNELS: readonly Kernel[] = [
  ...UNARY,
  ...BINARY,
  {
    name: 'Multiply',
    supports: areFloatsOrIntegers,
    record: (backend, inputs) => {
      const { a, b } = inputs as { a: tf.TensorInfo; b: tf.TensorInfo }
      return backend.record(multiply, [a, b], { shape: broadcastShape(a, b), type: a.dtype as 'float32' })
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
      // A condition of fewer axes chooses along the first ones.
      const missing = t.shape.length - condition.shape.length
      const wide = { ...condition, shape: [...condition.shape, ...Array<number>(missing).fill(1)] }
      return backend.record(select, [wide, t, e], { shape: t.shape, type: t.dtype as 'float32' })
    },
  },
  {
    name: 'Prelu',
    supports: areFloats,
    record: (backend, inputs) => {
      const { x, alpha } = inputs as Record<'x' | 'alpha', tf.TensorInfo>
      return backend.record(prelu, [x, alpha], { shape: broadcastShape(x, alpha) })
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
