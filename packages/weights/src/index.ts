export { encodeSafetensors, type PlainTensor } from './encode-safetensors.ts'
export { readTensors } from './read.ts'
export type { DType, NamedTensor, TensorData } from './tensor.ts'
export { readTfjsTensors } from './tfjs.ts'
