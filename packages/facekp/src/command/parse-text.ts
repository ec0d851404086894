import { InvalidArgumentError } from 'commander'

/** Parses a text on the command line, which an unset variable of a shell would leave empty. */
export function parseText(text: string): string {
  if (text.trim() !== '') return text
  throw new InvalidArgumentError('Expected a text that is not empty.')
}
