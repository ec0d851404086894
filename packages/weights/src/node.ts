export { type FetchWeightsOptions, fetchWeights } from './fetch.ts'
export { readTensorFile, readWeightsFile } from './read-file.ts'
