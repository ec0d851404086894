export { fromBlob } from './page/from-blob.ts'
export { fromImageData, type ImageDataLike, toImageData } from './page/image-data.ts'
export {
  fromBitmap,
  fromCanvas,
  fromPageSource,
  fromVideo,
  isPageSource,
  type PageSource,
} from './page/page-source.ts'
