/** Cuts a text to `maxLength` characters, the last of them `…` if something is missing. */
export function cutText(text: string, maxLength: number): string {
  return text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text
}
