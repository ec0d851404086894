export { type GraphModelFiles, readGraphModel } from './read-graph-model.ts'
