export { createModel } from './create-pretrained.ts'
export { type LoadedWeights, loadWeights } from './load-weights.ts'
export { loadModel, saveModel } from './model-files.ts'
