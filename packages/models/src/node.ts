export { loadModel, saveModel } from './files/model-files.ts'
export { createModel } from './pretrained/create-pretrained.ts'
export { type LoadedWeights, type LoadWeightsOptions, loadWeights } from './pretrained/load-weights.ts'
