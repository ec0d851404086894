export { parseFrames } from './frames.ts'
export { type ImglabBox, type ImglabImage, type ImglabPart, parseImglab } from './imglab.ts'
export { isMirrored, type Part300W, partOf300W } from './protocol.ts'
