export { loadModel, saveModel } from './model-files.ts'
