export { loadLandmarker } from './load-landmarker-node.ts'
export type { SaveLandmarkerOptions } from './model/landmarker-content.ts'
export { readLandmarkerModel } from './model/read-landmarker-model.ts'
export { saveLandmarker } from './model/save-landmarker.ts'
