/** Files and folders that systems and archivers leave beside the user's: macOS, Windows, Synology. */
const SYSTEM_NAME = /^(\._.*|\.DS_Store|__MACOSX|Thumbs\.db|ehthumbs\.db|desktop\.ini|@eaDir)$/i

/** Tests whether a path names, or lies within, what a system leaves in folders, such as `._a.jpg`, `.DS_Store` or `__MACOSX/a.jpg`. */
export function isSystemFile(path: string): boolean {
  return path.split(/[/\\]/).some((name) => SYSTEM_NAME.test(name))
}
