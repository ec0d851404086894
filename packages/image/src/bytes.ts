/** Whether bytes at an offset are a text of ASCII. */
export function startsWith(bytes: DataView, text: string, at = 0): boolean {
  if (bytes.byteLength < at + text.length) return false
  for (let i = 0; i < text.length; i++) if (bytes.getUint8(at + i) !== text.charCodeAt(i)) return false
  return true
}
