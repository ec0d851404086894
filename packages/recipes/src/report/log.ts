/** Prints a line; default `console.log`. */
export type Log = (line: string) => void
