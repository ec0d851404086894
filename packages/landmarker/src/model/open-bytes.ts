import { createMemoryFolder } from './folder-in-memory.ts'
import { LANDMARKER_FILE, type LandmarkerFolder } from './read-landmarker.ts'

/**
 * Opens the bytes of a zipped landmarker, or of a `landmarker.json` that has no other files.
 *
 * @param file that they were read from
 * @throws FacekpError `LANDMARKER_FILE`
 */
export async function openBytes(bytes: Uint8Array, file?: string): Promise<LandmarkerFolder> {
  if (!looksLikeZip(bytes)) {
    const folder = createMemoryFolder(new Map([[LANDMARKER_FILE, bytes]]))
    return file === undefined ? folder : { ...folder, locate: (name) => (name === LANDMARKER_FILE ? file : name) }
  }
  // Few landmarkers are zipped.
  const { unzipLandmarker } = await import('./zipped-landmarker.ts')
  return createMemoryFolder(unzipLandmarker(bytes, file), file)
}

/** Tests whether bytes begin as a zip archive, which may be empty. */
function looksLikeZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5)
}
