export { unpackArchive } from './archive.ts'
export { cacheFolder } from './cache-folder.ts'
export { downloadFile } from './download.ts'
export type { DownloadOptions } from './options.ts'
