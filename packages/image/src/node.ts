export type { ReadOptions } from './options.ts'
export { readImage } from './read.ts'
export { type ReadCropOptions, readCrop } from './read-crop.ts'
export { writeImage } from './write.ts'
