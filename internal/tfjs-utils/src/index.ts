export { ADAM_KERNEL, type AdamAttributes } from './adam-kernel.ts'
export { cellCenters } from './cell-centers.ts'
export { getLayers } from './get-layers.ts'
export type { Decoded, Head } from './head.ts'
export {
  checkPreprocessing,
  parsePreprocessing,
  getInputChannels,
  inputChannelsError,
  type Preprocessing,
  readPreprocessing,
} from './preprocessing.ts'
