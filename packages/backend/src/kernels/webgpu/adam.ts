import { ADAM_KERNEL, type AdamAttributes } from '@facekp/tfjs-utils'
import type { WebGPUBackend, WebGPUProgram } from '@tensorflow/tfjs-backend-webgpu'
import type * as tf from '@tensorflow/tfjs-core'

/** The part of the backend used here, some of it private in its types. */
interface Backend extends Pick<WebGPUBackend, 'runWebGPUProgram'> {
  readonly device: {
    createShaderModule(options: { readonly code: string; readonly label: string }): object
    createComputePipeline(options: {
      readonly compute: { readonly module: object; readonly entryPoint: string }
      readonly label: string
      readonly layout: 'auto'
    }): NonNullable<WebGPUProgram['pipeline']>
  }
  /** Compiled programs by their key. */
  readonly pipelineCache: Record<string, WebGPUProgram['pipeline']>
  /** `values` are those of a tensor that was read, beside those on the GPU. */
  readonly tensorMap: { get(dataId: object): { readonly dtype: tf.DataType; values: unknown } }
}

/** A tensor that was cast from integers may still be stored as integers. */
type Stored = 'f32' | 'i32'

const WORKGROUP = 64

/**
 * Computes a step of Adam or AdamW as PyTorch does, in one program: `m` and `v` change in place, the new weights are a new tensor, so
 * that clones of the old weights stay valid.
 *
 * The shaders that the backend writes have one buffer that can be written. This one has three, so it is compiled here and put among the
 * backend's own; the backend still binds and records it. It binds the result first, then the inputs in their order, then the uniforms.
 *
 * Source: Kingma and Ba 2015, arXiv:1412.6980.
 */
export const facekpAdam: tf.KernelConfig = {
  kernelName: ADAM_KERNEL,
  backendName: 'webgpu',
  kernelFunc({ inputs, attrs, backend }) {
    const gpu = backend as unknown as Backend
    const { param, m, v, gradient } = inputs as Record<'param' | 'm' | 'v' | 'gradient', tf.TensorInfo>
    const { learningRate, beta1, beta2, epsilon, decayFactor, beta1Power, beta2Power } =
      attrs as unknown as AdamAttributes
    const size = param.shape.reduce((product, side) => product * side, 1)
    const stored = ({ dataId }: tf.TensorInfo): Stored =>
      gpu.tensorMap.get(dataId).dtype === 'float32' ? 'f32' : 'i32'
    const program = new AdamProgram(size, stored(param), stored(gradient))
    gpu.pipelineCache[program.shaderKey] ??= createPipeline(gpu, program)
    const numbers = [
      beta1,
      1 - beta1,
      beta2,
      1 - beta2,
      learningRate / (1 - beta1Power),
      1 / Math.sqrt(1 - beta2Power),
      epsilon,
      decayFactor,
    ]
    const moved = gpu.runWebGPUProgram(
      program,
      [m, v, param, gradient].map(({ dataId, dtype }) => ({ dataId, dtype, shape: [size] })),
      'float32',
      numbers.map((number) => ({ type: 'float32', data: [number] })),
    )
    // If they were read before (for a checkpoint, say), the backend holds a stale copy on the CPU.
    for (const { dataId } of [m, v]) gpu.tensorMap.get(dataId).values = null
    return { dataId: moved.dataId, shape: param.shape, dtype: 'float32' }
  },
}

class AdamProgram implements WebGPUProgram {
  readonly variableNames = ['m', 'v', 'param', 'gradient']
  readonly outputShape: number[]
  readonly dispatchLayout = { x: [0] }
  /** The backend splits it over further dimensions if it is too long for one. */
  dispatch: [number, number, number]
  readonly workgroupSize: [number, number, number] = [WORKGROUP, 1, 1]
  shaderKey: string
  /** Of programs that have such a type, the backend takes the key as it is, and tells them no shapes but the strides of the result. */
  readonly pixelsOpType = 0
  readonly getUserCode: () => string

  constructor(size: number, param: Stored, gradient: Stored) {
    this.outputShape = [size]
    this.dispatch = [Math.ceil(size / WORKGROUP), 1, 1]
    this.shaderKey = `${ADAM_KERNEL}_${param}_${gradient}`
    this.getUserCode = () => code(param, gradient)
  }
}

function createPipeline({ device }: Backend, { shaderKey, getUserCode }: AdamProgram): WebGPUProgram['pipeline'] {
  const module = device.createShaderModule({ code: getUserCode(), label: shaderKey })
  return device.createComputePipeline({ compute: { module, entryPoint: 'step' }, label: shaderKey, layout: 'auto' })
}

const code = (param: Stored, gradient: Stored): string => `
struct Uniforms {
  strides: i32,
  beta1: f32,
  beta1Rest: f32,
  beta2: f32,
  beta2Rest: f32,
  rate: f32,
  correction: f32,
  epsilon: f32,
  decayFactor: f32,
}

@group(0) @binding(0) var<storage, read_write> moved: array<f32>;
@group(0) @binding(1) var<storage, read_write> m: array<f32>;
@group(0) @binding(2) var<storage, read_write> v: array<f32>;
@group(0) @binding(3) var<storage, read> param: array<${param}>;
@group(0) @binding(4) var<storage, read> gradient: array<${gradient}>;
@group(0) @binding(5) var<uniform> uniforms: Uniforms;

@compute @workgroup_size(${WORKGROUP})
fn step(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let i = ((group.z * groups.y + group.y) * groups.x + group.x) * ${WORKGROUP}u + local;
  if (i >= arrayLength(&moved)) {
    return;
  }
  let slope = f32(gradient[i]);
  let mean = uniforms.beta1 * m[i] + uniforms.beta1Rest * slope;
  let square = uniforms.beta2 * v[i] + uniforms.beta2Rest * slope * slope;
  m[i] = mean;
  v[i] = square;
  let direction = mean / (sqrt(square) * uniforms.correction + uniforms.epsilon);
  moved[i] = uniforms.decayFactor * f32(param[i]) - uniforms.rate * direction;
}
`
