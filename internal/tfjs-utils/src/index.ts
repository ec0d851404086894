export { ACTIVATION_KERNELS } from './activation-kernels.ts'
export { ADAM_KERNEL, type AdamAttributes } from './adam-kernel.ts'
export { cellCenters } from './cell-centers.ts'
export { checkFinite } from './check-finite.ts'
export { checkWindow } from './check-window.ts'
export { getInnerLayers, getInnermostLayers, getLayers } from './get-layers.ts'
export type { Decoded, Head } from './head.ts'
export { preprocessImage } from './preprocess-image.ts'
export {
  checkPreprocessing,
  getInputChannels,
  inputChannelsError,
  type Preprocessing,
  parsePreprocessing,
  readPreprocessing,
} from './preprocessing.ts'
export { requireBackend } from './require-backend.ts'
