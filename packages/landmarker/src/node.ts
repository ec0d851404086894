export { loadLandmarker } from './load-landmarker-node.ts'
export { readLandmarkerModel } from './model/read-landmarker-model.ts'
export { type SaveLandmarkerOptions, saveLandmarker } from './model/save-landmarker.ts'
