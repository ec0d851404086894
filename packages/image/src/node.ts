export type { ReadOptions } from './options.ts'
export { readImage } from './read.ts'
export { writeImage } from './write.ts'
