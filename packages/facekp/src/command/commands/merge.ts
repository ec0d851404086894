import type { Command } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { defineCommand } from '../define-command.ts'
import type { MergeFlags } from '../predictions/prediction-flags.ts'

/** Adds the command that joins the shards of predictions. */
export function defineMerge(program: Command, context: CommandContext): void {
  defineCommand(program, {
    usage: 'merge <shards...>',
    description:
      'Join the JSON lines of predict --shard in one file; checks that every image is there exactly once, and names what is missing or double',
    example: 'facekp merge points-*.jsonl --list photos --out points.jsonl',
  })
    .requiredOption('--out <file>', 'file of JSON lines to write')
    .option('--list <images...>', 'the images that must be there: what predict was called with')
    .option('--images <folder>', 'COCO in --list: folder of the images (default: that of the file)')
    .option('--overwrite', 'replace the file')
    .action(async (shards: string[], flags: MergeFlags) => {
      const { mergeShards } = await import('../predictions/merge-shards.ts')
      context.report(flags, await mergeShards(shards, flags, context))
    })
}
