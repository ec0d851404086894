export { loadModel } from './files/load-model.ts'
export { saveModel } from './files/save-model.ts'
export { createModel } from './pretrained/create-pretrained.ts'
export { type LoadedWeights, type LoadWeightsOptions, loadWeights } from './pretrained/load-weights.ts'
