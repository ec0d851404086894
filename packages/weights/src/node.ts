export { type FetchWeightsOptions, fetchWeights } from './fetch.ts'
export { readTensorFile } from './read-file.ts'
